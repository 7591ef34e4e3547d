// yana: callbacks and one event a message. It reconnects by itself.
'use strict';
const AMI = require('yana');
const { Seen, serve, host, port, user, secret, wrong } = require('../steps');

const seen = new Seen();
const back = new Seen();
const ami = new AMI({ host, port, login: user, password: secret, events: true, reconnect: true });
ami.on('event', (event) => seen.add(event));
ami.on('reconnect', () => back.add({}));

function action(headers) {
  return new Promise((resolve, reject) => {
    const sent = ami.send(headers, (answer) => {
      if (answer.Response === 'Error') reject(new Error(answer.Message));
      else resolve(answer);
    });
    if (sent === false) reject(new Error('not connected'));
  });
}

serve({
  login() {
    return new Promise((resolve, reject) => {
      ami.once('error', (error) => reject(new Error(error)));
      ami.connect(() => resolve());
    });
  },
  async ping() {
    return [(await action({ Action: 'Ping' })).Ping];
  },
  async command(command) {
    const answer = await action({ Action: 'Command', Command: command });
    return answer.CMD || [].concat(answer.Output);
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
  wrong_secret() {
    const other = new AMI({ host, port, login: user, password: wrong });
    return new Promise((resolve) => {
      const errors = [];
      // Refused, then closed: two errors.
      other.on('error', (error) => {
        errors.push(error);
        resolve(errors);
      });
      other.connect(() => resolve(['logged in']));
    });
  },
  async reconnect() {
    await back.until(() => true, 30);
    return this.ping();
  },
});
