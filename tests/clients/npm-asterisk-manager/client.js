// asterisk-manager: callbacks and events in lower case. It keeps itself connected, every ten seconds.
'use strict';
const AmiManager = require('asterisk-manager');
const { Seen, serve, host, port, user, secret, wrong } = require('../steps');

const seen = new Seen();
let ami;

/** A connection that logs in at once; gives the answer to that. */
function open(password, keep) {
  const manager = new AmiManager(port, host, user, password, true);
  if (keep) manager.keepConnected();
  const answers = new Seen();
  manager.on('response', (answer) => answers.add(answer));
  return answers.until(() => true).then(([answer]) => ({ manager, answer, answers }));
}

function action(headers) {
  return new Promise((resolve, reject) => {
    ami.manager.action(headers, (error, answer) => (error ? reject(new Error(error.message)) : resolve(answer)));
  });
}

serve({
  async login() {
    ami = await open(secret, true);
    if (ami.answer.response !== 'Success') throw new Error(ami.answer.message);
    ami.manager.on('managerevent', (event) => seen.add(event));
  },
  async ping() {
    return [(await action({ action: 'ping' })).ping];
  },
  async command(command) {
    const answer = await action({ action: 'command', command });
    if (answer.output) return [].concat(answer.output);
    // Old form: the headers, the text and its end marker are one `content`.
    return answer.content.split('\n').filter((line) => !/^(Response|Privilege|ActionID): |^--END/i.test(line));
  },
  async list() {
    seen.clear();
    const { actionid } = await action({ action: 'coreshowchannels' });
    const events = await seen.until((event) => event.event === 'CoreShowChannelsComplete');
    return events.filter((event) => event.event === 'CoreShowChannel' && event.actionid === actionid)
      .map((event) => event.channel);
  },
  watch() {
    seen.clear();
  },
  async events(last) {
    const events = await seen.until((event) => event.event === 'Hangup' && event.channel === last);
    return events.map((event) => `${event.event} ${event.channel || '-'}`);
  },
  async originate(channel) {
    seen.clear();
    await action({ action: 'originate', channel, context: 'lab', exten: 'wait', priority: 1, async: 'true' });
    const events = await seen.until((event) => event.event === 'OriginateResponse');
    const { response, channel: made } = events[events.length - 1];
    return [response, made];
  },
  async wrong_secret() {
    const { manager, answer } = await open(wrong);
    manager.disconnect();
    ami.answers.clear(); // what comes now tells that it is back
    return [answer.message];
  },
  async reconnect() {
    await ami.answers.until((answer) => answer.message === 'Authentication accepted', 38);
    return this.ping();
  },
});
