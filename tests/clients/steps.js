// What the JavaScript programs share: a step a line in, a line a step out (see run.py).
'use strict';
const readline = require('readline');

const { CLIENT_HOST, CLIENT_PORT, CLIENT_USER, CLIENT_SECRET } = process.env;

/** The messages a client told of so far, to be waited for. */
class Seen {
  constructor() {
    this.messages = [];
    this.waiting = [];
  }

  add(message) {
    this.messages.push(message);
    this.waiting.forEach((look) => look());
  }

  clear() {
    this.messages = [];
  }

  /** All messages up to the first that passes the test. */
  until(test, seconds = 15) {
    return new Promise((resolve, reject) => {
      const finish = (settle, value) => {
        clearTimeout(timer);
        this.waiting = this.waiting.filter((other) => other !== look);
        settle(value);
      };
      const look = () => {
        const index = this.messages.findIndex(test);
        if (index >= 0) finish(resolve, this.messages.slice(0, index + 1));
      };
      const timer = setTimeout(() => finish(reject, new Error('not told in time')), seconds * 1000);
      this.waiting.push(look);
      look();
    });
  }
}

/** Does the steps asked for with the methods of `client`. */
async function serve(client) {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [name, ...words] = line.split('\t');
    try {
      const values = (await client[name.replace('-', '_')](...words)) || [];
      console.log([`ok ${name}`, ...values].join('\t'));
    } catch (error) {
      console.error(error);
      console.log(`fail ${name}: ${error && error.message ? error.message : error}`.replace(/\s+/g, ' '));
    }
  }
  process.exit(0);
}

module.exports = {
  Seen, serve, host: CLIENT_HOST, port: Number(CLIENT_PORT), user: CLIENT_USER, secret: CLIENT_SECRET,
  wrong: 'not-' + CLIENT_SECRET,
};
