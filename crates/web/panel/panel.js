// The live page: one stream of events, from which everything shown is derived.
'use strict';

const byId = id => document.getElementById(id);
const KEPT = 300;            // events that are shown
const PING = 25_000;         // keeps the session, in milliseconds
const NOTICE = 20_000;       // how long something out of the ordinary is told

/** What is known: told by the snapshot, changed by each event. */
const state = { channels: new Map(), devices: new Map(), mark: null };
/** Recent events, the newest first. */
let recent = [];
let paused = false;
let source = null;
let pinging = null;
let noticed = null;
const synopses = new Map();  // of actions, by name in lower case
let clockOffset = 0;         // the server's clock before ours, in milliseconds

// -- Asking the server --------------------------------------------------------------------------

/** Sends an action; gives its answer and the status of HTTP. */
async function act(name, headers = {}) {
  const response = await fetch(`../actions/${encodeURIComponent(name)}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(headers),
  });
  const answer = await response.json().catch(() => ({ response: null, events: [] }));
  return { status: response.status, response: answer.response ?? {}, events: answer.events ?? [] };
}

/** Whether we are logged in. Sets the clock. */
async function ping() {
  const { status, response } = await act('Ping');
  if (status === 200 && response.Timestamp) {
    clockOffset = Number(response.Timestamp) * 1000 - Date.now();
  }
  return status === 200;
}

async function begin() {
  show('board');
  byId('who').hidden = false;
  byId('account').textContent = sessionStorage.getItem('account') ?? '';
  listen();
  clearInterval(pinging);
  pinging = setInterval(() => ping().then(there => there || leave('Logged off'), () => {}), PING);
  const { response } = await act('ListCommands');
  const actions = Object.entries(response).filter(([name]) => name !== 'Response' && name !== 'ActionID');
  actions.forEach(([name, about]) => synopses.set(name.toLowerCase(), about));
  byId('actions').replaceChildren(...actions.map(([value, label]) => Object.assign(document.createElement('option'), { value, label })));
}

function leave(reason) {
  source?.close();
  source = null;
  clearInterval(pinging);
  tellStatus(reason, '');
  byId('who').hidden = true;
  show('login');
  byId('username').focus();
}

function show(id) {
  byId('login').hidden = id !== 'login';
  byId('board').hidden = id !== 'board';
}

function tellStatus(text, kind) {
  byId('status').textContent = text;
  byId('status').className = kind;
}

// -- Hearing events -----------------------------------------------------------------------------

function listen() {
  source?.close();
  source = new EventSource('../events?snapshot=yes');
  source.onopen = () => tellStatus('Live', 'live');
  source.onerror = () => {
    tellStatus('Connection lost', 'lost');
    if (source?.readyState === EventSource.CLOSED) {
      ping().then(there => (there ? setTimeout(listen, 2000) : leave('Logged off')), () => setTimeout(listen, 2000));
    }
  };
  source.onmessage = message => {
    const event = JSON.parse(message.data);
    apply(event);
    remember(event);
    draw();
  };
  source.addEventListener('snapshot', message => {
    state.channels.clear();
    state.devices.clear();
    for (const event of JSON.parse(message.data)) apply(event);
    draw();
  });
  source.addEventListener('gap', () => notice('Some events were missed; what is shown was read anew.'));
  source.addEventListener('end', message => leave(`Ended: ${JSON.parse(message.data).reason}`));
}

/** Says something for a while. */
function notice(text) {
  byId('notice').textContent = text;
  byId('notice').hidden = false;
  clearTimeout(noticed);
  noticed = setTimeout(() => { byId('notice').hidden = true; }, NOTICE);
}

/** Changes what is known. The snapshot tells the state as such events too. */
function apply(event) {
  if (event.Event === 'DeviceStateChange') state.devices.set(event.Device, event.State);
  if (event.Event === 'Hangup') {
    state.channels.delete(event.Uniqueid);
    return;
  }
  for (const prefix of ['', 'Dest']) {
    const id = event[`${prefix}Uniqueid`];
    const known = state.channels.get(id);
    if (!id || (!known && (event.Event !== 'Newchannel' || prefix))) continue;
    const channel = known ?? { id, bridge: null, application: '' };
    for (const name of ['Channel', 'ChannelStateDesc', 'CallerIDNum', 'CallerIDName', 'ConnectedLineNum', 'ConnectedLineName', 'Exten', 'Context', 'Linkedid']) {
      if (event[prefix + name] !== undefined) channel[name] = event[prefix + name];
    }
    if (prefix === '') {
      if (event.Event === 'Newexten') channel.application = event.Application;
      if (event.Event === 'BridgeEnter') channel.bridge = event.BridgeUniqueid;
      if (event.Event === 'BridgeLeave') channel.bridge = null;
    }
    state.channels.set(id, channel);
  }
}

function remember(event) {
  if (paused) return;
  recent.unshift({ at: new Date(Date.now() + clockOffset), event, text: JSON.stringify(event).toLowerCase() });
  recent.length = Math.min(recent.length, KEPT);
}

// -- Drawing ------------------------------------------------------------------------------------

let due = false;
function draw() {
  if (due) return;
  due = true;
  requestAnimationFrame(() => {
    due = false;
    drawCalls();
    drawEndpoints();
    drawEvents();
  });
}

/** Makes the children of `list` those of `items`, each kept for as long as its key is there. */
function keyed(list, items, key, create, update) {
  const known = new Map([...list.children].map(child => [child.dataset.key, child]));
  let place = list.firstElementChild;
  for (const item of items) {
    const name = key(item);
    let child = known.get(name);
    if (child) known.delete(name);
    else {
      child = create(item);
      child.dataset.key = name;
    }
    if (child === place) place = place.nextElementSibling;
    else list.insertBefore(child, place);
    update(child, item);
  }
  for (const gone of known.values()) {
    // Who is there by keyboard is not to be thrown back to the top.
    if (gone.contains(document.activeElement)) {
      const title = list.closest('section').querySelector('h2');
      title.tabIndex = -1;
      title.focus();
    }
    gone.remove();
  }
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Channels that have to do with each other are one call. Halves of Local channels are shown only
 *  where there is nobody else. */
function calls() {
  const groups = new Map();
  for (const channel of state.channels.values()) {
    const id = channel.Linkedid || channel.id;
    if (!groups.has(id)) groups.set(id, []);
    groups.get(id).push(channel);
  }
  return [...groups].map(([id, all]) => {
    const people = all.filter(channel => !channel.Channel.startsWith('Local/'));
    const shown = people.length ? people : all.filter(channel => channel.Channel.endsWith(';1'));
    return { id, channels: shown.length ? shown : all };
  }).sort((one, other) => one.id.localeCompare(other.id, 'en', { numeric: true }));
}

const known = text => (text && text !== '<unknown>' ? text : '');
const party = channel => {
  const [name, number] = [known(channel.CallerIDName), known(channel.CallerIDNum)];
  if (name && number) return `${name} (${number})`;
  return name || number || channel.Channel.replace(/-[0-9a-f]{8}(;[12])?$/, '');
};

function detail({ channels }) {
  const bridged = new Set(channels.map(channel => channel.bridge).filter(Boolean));
  if (channels.length > 1 && bridged.size === 1 && channels.every(channel => channel.bridge)) return 'Talking';
  return channels.map(channel => {
    const doing = channel.ChannelStateDesc === 'Up' && channel.application ? `${channel.application} at ${channel.Exten}` : channel.ChannelStateDesc;
    return channels.length > 1 ? `${channel.Channel.split('-')[0]}: ${doing}` : doing;
  }).join(', ');
}

function drawCalls() {
  const all = calls();
  keyed(byId('calls'), all, call => call.id, () => {
    const card = element('li', 'call');
    const hangUp = element('button', '', 'Hang up');
    hangUp.type = 'button';
    hangUp.onclick = () => endCall(card.dataset.key);
    card.append(element('div', 'parties'), element('div', 'time'), element('div', 'detail'), hangUp);
    return card;
  }, (card, call) => {
    const [parties, , about, hangUp] = card.children;
    const names = call.channels.map(party);
    if (names.length === 1) names.push(call.channels[0].Exten || '…');
    const text = names.join(' → ');
    if (parties.dataset.text !== text) {
      parties.dataset.text = text;
      parties.replaceChildren(...names.flatMap((name, index) => (index ? [element('span', 'to', '→'), name] : [name])));
      hangUp.setAttribute('aria-label', `Hang up ${text}`);
    }
    setText(about, detail(call));
  });
  drawTimes();
  setText(byId('calls-count'), String(all.length));
  byId('calls-none').hidden = all.length > 0;
}

/** A call began when the number of its first channel was made. */
function drawTimes() {
  for (const card of byId('calls').children) {
    const began = /^(\d{10})\.\d+$/.exec(card.dataset.key);
    if (!began) continue;
    const seconds = Math.max(0, Math.floor((Date.now() + clockOffset) / 1000 - Number(began[1])));
    const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    if (!parts[0]) parts.shift();
    setText(card.children[1], parts.map((part, index) => (index ? String(part).padStart(2, '0') : part)).join(':'));
  }
}

/** The first channel takes the others with it. */
async function endCall(id) {
  const first = [...state.channels.values()].find(channel => (channel.Linkedid || channel.id) === id);
  if (!first) return;
  const { status, response } = await act('Hangup', { Channel: first.Channel });
  if (status !== 200) notice(`Hangup: ${response.Message ?? status}`);
}

const STATES = {
  NOT_INUSE: ['idle', 'Idle'], INUSE: ['busy', 'In a call'], BUSY: ['busy', 'Busy'], RINGING: ['ringing', 'Ringing'],
  RINGINUSE: ['ringing', 'In a call, ringing'], ONHOLD: ['ringing', 'On hold'], UNAVAILABLE: ['', 'Not registered'],
  INVALID: ['', 'Unknown device'], UNKNOWN: ['', 'Unknown'],
};

function drawEndpoints() {
  const all = [...state.devices].filter(([device]) => device.startsWith('PJSIP/')).sort(([one], [other]) => one.localeCompare(other));
  keyed(byId('endpoints'), all, ([device]) => device, ([device]) => {
    const row = element('li');
    const dot = element('span', 'dot', '●');
    dot.setAttribute('aria-hidden', 'true');
    row.append(dot, element('span', 'name', device.slice('PJSIP/'.length)), element('span', 'state'));
    return row;
  }, (row, [, name]) => {
    const [kind, text] = STATES[name] ?? ['', name];
    row.children[0].className = `dot ${kind}`;
    setText(row.children[2], text);
  });
  setText(byId('endpoints-count'), String(all.length));
  byId('endpoints-none').hidden = all.length > 0;
}

/** What an event says of its subject, where one look should tell it. */
const SAYS = {
  Newchannel: event => event.Exten, Newstate: event => event.ChannelStateDesc, Hangup: event => event['Cause-txt'],
  Newexten: event => `${event.Application}(${event.AppData ?? ''})`, VarSet: event => `${event.Variable} = ${event.Value}`,
  DialBegin: event => `→ ${event.DestChannel}`, DialEnd: event => event.DialStatus, DTMFEnd: event => event.Digit,
  DeviceStateChange: event => event.State, ExtensionStatus: event => event.StatusText,
  PeerStatus: event => event.PeerStatus, ContactStatus: event => event.ContactStatus,
};

let numbered = 0;
function drawEvents() {
  const wanted = byId('filter').value.trim().toLowerCase().split(/[\s,]+/).filter(Boolean);
  const shown = recent.filter(({ text }) => wanted.length === 0 || wanted.some(word => text.includes(word)));
  keyed(byId('events'), shown, entry => (entry.key ??= String(++numbered)), ({ at, event }) => {
    const row = element('li');
    const details = element('details');
    const summary = element('summary');
    const subject = event.Channel ?? event.Device ?? event.Peer ?? event.UserEvent ?? event.Exten ?? event.BridgeUniqueid ?? event.EndpointName ?? event.AccountID ?? '';
    const time = at.toLocaleTimeString([], { hourCycle: 'h23' });
    const says = SAYS[event.Event]?.(event) ?? '';
    summary.append(element('span', 'at', `${time} `), element('span', 'name', event.Event), ` ${subject} `, element('span', 'says', says));
    details.append(summary);
    details.ontoggle = () => {
      if (details.children.length > 1) return;
      const list = element('dl');
      for (const [name, value] of Object.entries(event)) {
        list.append(element('dt', '', name), element('dd', '', Array.isArray(value) ? value.join('\n') : String(value)));
      }
      details.append(list);
    };
    row.append(details);
    return row;
  }, () => {});
  setText(byId('events-count'), wanted.length ? `${shown.length} of ${recent.length}` : String(recent.length));
  byId('events-none').hidden = shown.length > 0;
  setText(byId('events-none'), recent.length ? 'No event has that.' : 'Nothing has happened yet.');
}

// -- What the user does -------------------------------------------------------------------------

byId('login').onsubmit = async submitted => {
  submitted.preventDefault();
  const [username, secret] = [byId('username').value, byId('secret').value];
  byId('refused').textContent = '';
  try {
    const { status, response } = await act('Login', { Username: username, Secret: secret });
    byId('secret').value = '';
    if (status !== 200) {
      byId('refused').textContent = response.Message ?? 'That did not work.';
      byId('secret').focus();
      return;
    }
    sessionStorage.setItem('account', username);
    await ping();
    await begin();
  } catch {
    byId('refused').textContent = 'The server cannot be reached.';
  }
};

byId('logoff').onclick = () => act('Logoff').finally(() => leave('Logged off'));

byId('console').onsubmit = async submitted => {
  submitted.preventDefault();
  const headers = {};
  for (const line of byId('headers').value.split('\n')) {
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    const [name, value] = [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    headers[name] = name in headers ? [headers[name], value].flat() : value;
  }
  const answer = byId('answer');
  answer.hidden = false;
  answer.textContent = '…';
  try {
    const { response, events } = await act(byId('action').value.trim(), headers);
    const lines = message => Object.entries(message).flatMap(([name, value]) => [value].flat().map(one => `${name}: ${one}`)).join('\n');
    answer.textContent = [response, ...events].map(lines).join('\n\n');
  } catch {
    answer.textContent = 'The server cannot be reached.';
  }
};

byId('action').oninput = () => {
  const about = synopses.get(byId('action').value.trim().toLowerCase()) ?? '';
  setText(byId('about'), about);
  byId('about').hidden = !about;
};

byId('headers').onkeydown = key => {
  if (key.key === 'Enter' && (key.ctrlKey || key.metaKey)) byId('console').requestSubmit();
};
byId('filter').oninput = draw;
byId('clear').onclick = () => {
  recent = [];
  draw();
};
byId('pause').onclick = () => {
  paused = !paused;
  byId('pause').setAttribute('aria-pressed', String(paused));
};
document.onkeydown = key => {
  const typing = /^(INPUT|TEXTAREA)$/.test(document.activeElement?.tagName ?? '');
  if (key.key === '/' && !typing && !byId('board').hidden) {
    key.preventDefault();
    byId('filter').focus();
  }
};

setInterval(drawTimes, 1000);
ping().then(there => (there ? begin() : leave('Not logged in')), () => leave('The server cannot be reached'));
