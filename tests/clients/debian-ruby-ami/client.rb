# ruby_ami: the manager half of Adhearsion. One connection for events, another for actions.
require 'logger'
require 'ruby_ami'

Celluloid.logger = Logger.new($stderr, level: Logger::ERROR)
$stdout.sync = true
HOST, PORT, USER, SECRET = %w[HOST PORT USER SECRET].map { |name| ENV.fetch("CLIENT_#{name}") }

# The messages the client told of so far, to be waited for.
class Seen
  def initialize
    @messages = []
    @lock = Mutex.new
    @arrived = ConditionVariable.new
  end

  def add(message)
    @lock.synchronize { @messages << message and @arrived.broadcast }
  end

  def clear
    @lock.synchronize { @messages.clear }
  end

  # All messages up to the first that passes the block.
  def until(seconds = 15)
    stop = Process.clock_gettime(Process::CLOCK_MONOTONIC) + seconds
    @lock.synchronize do
      loop do
        index = @messages.index { |message| yield message }
        return @messages[0..index] if index
        left = stop - Process.clock_gettime(Process::CLOCK_MONOTONIC)
        raise 'not told in time' if left <= 0
        @arrived.wait(@lock, left)
      end
    end
  end
end

# The steps, with the client's own API.
class Program
  def initialize
    @seen = Seen.new
  end

  def login
    @client = RubyAMI::Client.new(host: HOST, port: PORT.to_i, username: USER, password: SECRET, timeout: 10,
                                  event_handler: ->(event) { @seen.add event })
    @client.async.start
    booted = [] # either connection is told so once it is logged in
    @seen.until { |event| event.name == 'FullyBooted' && (booted |= [event.object_id]).size == 2 }
    nil
  end

  def ping
    [action('Ping')['Ping']]
  end

  def command(command)
    answer = action('Command', 'Command' => command)
    answer.has_text_body? ? answer.text_body.split("\n", -1) : [answer['Output']]
  end

  def list
    action('CoreShowChannels').events.select { |event| event.name == 'CoreShowChannel' }.map { |event| event['Channel'] }
  end

  def watch
    @seen.clear
    nil
  end

  def events(last)
    events = @seen.until { |event| event.name == 'Hangup' && event['Channel'] == last }
    events.map { |event| "#{event.name} #{event['Channel'] || '-'}" }
  end

  def originate(channel)
    @seen.clear
    action('Originate', 'Channel' => channel, 'Context' => 'lab', 'Exten' => 'wait', 'Priority' => '1', 'Async' => 'true')
    event = @seen.until { |message| message.name == 'OriginateResponse' }.last
    [event['Response'], event['Channel']]
  end

  def wrong_secret
    connected = Seen.new
    stream = RubyAMI::Stream.new(HOST, PORT.to_i, nil, nil, ->(event) { connected.add event }, Celluloid.logger, 10)
    stream.async.run
    connected.until { |event| event.is_a? RubyAMI::Stream::Connected }
    answer = stream.send_action('Login', { 'Username' => USER, 'Secret' => "not-#{SECRET}" }, ->(_) {})
    [answer['Message']]
  end

  def reconnect
    @seen.clear
    login
    ping
  end

  private

  def action(name, headers = {})
    answer = @client.send_action(name, headers)
    raise answer['Message'] if answer.is_a? RubyAMI::Error
    answer
  end
end

class Logger
  alias trace debug unless method_defined? :trace
end

program = Program.new
$stdin.each_line(chomp: true) do |line|
  name, *words = line.split("\t")
  begin
    puts ["ok #{name}", *program.public_send(name.tr('-', '_'), *words)].join("\t")
  rescue StandardError => error
    warn error.full_message
    puts "fail #{name}: #{error.class} #{error.message}".gsub(/\s+/, ' ')
  end
end
exit!
