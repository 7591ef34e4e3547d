// Asterisk-Java: a class for every action and event, and a live model of the calls. It reconnects by itself.
import java.io.BufferedReader;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.asteriskjava.live.AsteriskChannel;
import org.asteriskjava.live.AsteriskServer;
import org.asteriskjava.live.ChannelState;
import org.asteriskjava.live.DefaultAsteriskServer;
import org.asteriskjava.manager.AuthenticationFailedException;
import org.asteriskjava.manager.ManagerConnection;
import org.asteriskjava.manager.ManagerConnectionFactory;
import org.asteriskjava.manager.action.CommandAction;
import org.asteriskjava.manager.action.CoreShowChannelsAction;
import org.asteriskjava.manager.action.OriginateAction;
import org.asteriskjava.manager.action.PingAction;
import org.asteriskjava.manager.event.ConnectEvent;
import org.asteriskjava.manager.event.CoreShowChannelEvent;
import org.asteriskjava.manager.event.HangupEvent;
import org.asteriskjava.manager.event.ManagerEvent;
import org.asteriskjava.manager.event.OriginateResponseEvent;
import org.asteriskjava.manager.event.ResponseEvent;
import org.asteriskjava.manager.response.CommandResponse;
import org.asteriskjava.manager.response.ManagerError;
import org.asteriskjava.manager.response.PingResponse;

public final class Client {
    /** Names that the classes spell another way. */
    private static final Map<String, String> NAMES =
        Map.of("NewChannel", "Newchannel", "NewExten", "Newexten", "NewState", "Newstate");

    private final String host = System.getenv("CLIENT_HOST");
    private final int port = Integer.parseInt(System.getenv("CLIENT_PORT"));
    private final String user = System.getenv("CLIENT_USER");
    private final String secret = System.getenv("CLIENT_SECRET");
    private final List<ManagerEvent> seen = new ArrayList<>();
    private ManagerConnection connection;
    private AsteriskServer server;

    public static void main(String[] arguments) throws Exception {
        var client = new Client();
        var lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split("\t");
            try {
                var told = new ArrayList<>(List.of("ok " + words[0]));
                told.addAll(client.step(words[0], words.length > 1 ? words[1] : ""));
                System.out.println(String.join("\t", told));
            } catch (Exception error) {
                error.printStackTrace();
                System.out.println(("fail " + words[0] + ": " + error).replaceAll("\\s+", " "));
            }
        }
        Runtime.getRuntime().halt(0);
    }

    private List<String> step(String name, String word) throws Exception {
        switch (name) {
            case "login": return login();
            case "ping": return ping();
            case "command":
                return ((CommandResponse) connection.sendAction(new CommandAction(word))).getResult();
            case "list": return list();
            case "watch":
                clear();
                return List.of();
            case "events": return events(word);
            case "originate": return originate(word);
            case "wrong-secret": return wrongSecret();
            case "reconnect":
                until(event -> event instanceof ConnectEvent);
                return ping();
            case "challenge": return ping(); // it always logs in so
            case "tls": return tls();
            case "release": return List.of(connection.getVersion().toString().replaceAll("[^0-9.]", ""));
            case "live": return live();
            default: throw new IllegalArgumentException("no such step");
        }
    }

    private List<String> login() throws Exception {
        connection = new ManagerConnectionFactory(host, port, user, secret).createManagerConnection();
        connection.addEventListener(this::add);
        server = new DefaultAsteriskServer(connection);
        server.initialize();
        clear();
        return List.of();
    }

    private List<String> ping() throws Exception {
        return List.of(((PingResponse) connection.sendAction(new PingAction())).getPing());
    }

    private List<String> list() throws Exception {
        var channels = new ArrayList<String>();
        for (ResponseEvent item : connection.sendEventGeneratingAction(new CoreShowChannelsAction()).getEvents()) {
            if (item instanceof CoreShowChannelEvent) {
                channels.add(((CoreShowChannelEvent) item).getChannel());
            }
        }
        return channels;
    }

    private List<String> events(String last) throws Exception {
        var told = new ArrayList<String>();
        for (ManagerEvent event : until(e -> e instanceof HangupEvent && last.equals(channel(e)))) {
            String name = event.getClass().getSimpleName().replaceAll("Event$", "");
            told.add(NAMES.getOrDefault(name, name) + " " + channel(event));
        }
        return told;
    }

    /** The channel an event is about, whatever its class. */
    private static String channel(ManagerEvent event) {
        try {
            Object channel = event.getClass().getMethod("getChannel").invoke(event);
            return channel == null ? "-" : channel.toString();
        } catch (ReflectiveOperationException none) {
            return "-";
        }
    }

    private List<String> originate(String channel) throws Exception {
        clear();
        var call = new OriginateAction();
        call.setChannel(channel);
        call.setContext("lab");
        call.setExten("wait");
        call.setPriority(1);
        call.setAsync(true);
        var answer = connection.sendAction(call);
        if (answer instanceof ManagerError) {
            throw new IllegalStateException(answer.getMessage());
        }
        var events = until(event -> event instanceof OriginateResponseEvent);
        var outcome = (OriginateResponseEvent) events.get(events.size() - 1);
        return List.of(outcome.getResponse(), outcome.getChannel());
    }

    private List<String> wrongSecret() throws Exception {
        var other = new ManagerConnectionFactory(host, port, user, "not-" + secret).createManagerConnection();
        try {
            other.login();
            return List.of("logged in");
        } catch (AuthenticationFailedException error) {
            return List.of(error.getMessage(), String.valueOf(error.getCause()));
        }
    }

    private List<String> tls() throws Exception {
        var trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (var pem = new FileInputStream(System.getenv("CLIENT_TRUSTS"))) {
            trusted.setCertificateEntry("server", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        var file = File.createTempFile("trusted", ".p12");
        try (var out = new FileOutputStream(file)) {
            trusted.store(out, "trusted".toCharArray());
        }
        System.setProperty("javax.net.ssl.trustStore", file.getPath());
        System.setProperty("javax.net.ssl.trustStorePassword", "trusted");
        int port = Integer.parseInt(System.getenv("CLIENT_TLS_PORT"));
        var secure = new ManagerConnectionFactory(host, port, user, secret).createSecureManagerConnection();
        secure.login();
        String answer = ((PingResponse) secure.sendAction(new PingAction())).getPing();
        secure.logoff();
        file.delete();
        return List.of(answer);
    }

    private List<String> live() {
        var told = new ArrayList<String>();
        for (AsteriskChannel channel : server.getChannels()) {
            if (channel.getState() != ChannelState.HUNGUP) {
                AsteriskChannel linked = channel.getLinkedChannel();
                told.add(channel.getName() + " " + channel.getState() + " " + (linked == null ? "-" : linked.getName()));
            }
        }
        return told;
    }

    private synchronized void add(ManagerEvent event) {
        seen.add(event);
        notifyAll();
    }

    private synchronized void clear() {
        seen.clear();
    }

    /** All events up to the first that passes the test. */
    private synchronized List<ManagerEvent> until(Predicate<ManagerEvent> test) throws Exception {
        long end = System.nanoTime() + 15_000_000_000L;
        while (true) {
            for (int index = 0; index < seen.size(); index++) {
                if (test.test(seen.get(index))) {
                    return List.copyOf(seen.subList(0, index + 1));
                }
            }
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new IllegalStateException("not told in time");
            }
            wait(left);
        }
    }
}
