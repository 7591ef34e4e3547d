// asterisk-ami-client: promises over a stream of messages. It reconnects by itself.
'use strict';
const AmiClient = require('asterisk-ami-client');
const { Seen, serve, host, port, user, secret, wrong } = require('../steps');

const seen = new Seen();
const connects = new Seen();
const ami = new AmiClient({ reconnect: true, maxAttemptsCount: 30, attemptsDelay: 300 });
ami.on('event', (event) => seen.add(event));
ami.on('connect', () => connects.add({}));
ami.on('internalError', () => {});

async function action(headers) {
  const answer = await ami.action(headers, true);
  if (answer.Response === 'Error') throw new Error(answer.Message);
  return answer;
}

serve({
  async login() {
    await ami.connect(user, secret, { host, port });
    connects.clear();
  },
  async ping() {
    return [(await action({ Action: 'Ping' })).Ping];
  },
  async command(command) {
    const { $content, Output } = await action({ Action: 'Command', Command: command });
    return $content ? $content.split('\n') : [Output];
  },
  async list() {
    seen.clear();
    await action({ Action: 'CoreShowChannels' });
    const events = await seen.until((event) => event.Event === 'CoreShowChannelsComplete');
    return events.filter((event) => event.Event === 'CoreShowChannel').map((event) => event.Channel);
  },
  watch() {
    seen.clear();
  },
  async events(last) {
    const events = await seen.until((event) => event.Event === 'Hangup' && event.Channel === last);
    return events.map((event) => `${event.Event} ${event.Channel || '-'}`);
  },
  async originate(channel) {
    seen.clear();
    await action({ Action: 'Originate', Channel: channel, Context: 'lab', Exten: 'wait', Priority: 1, Async: 'true' });
    const events = await seen.until((event) => event.Event === 'OriginateResponse');
    const { Response, Channel } = events[events.length - 1];
    return [Response, Channel];
  },
  async wrong_secret() {
    try {
      await new AmiClient({}).connect(user, wrong, { host, port });
      return ['logged in'];
    } catch (error) {
      return [error.message];
    }
  },
  async reconnect() {
    await connects.until(() => true, 30);
    return this.ping();
  },
});
