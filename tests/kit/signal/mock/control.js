'use strict';
// The control API: JSON over HTTP on loopback. tests/kit/signal/README.md says what there is.
const http = require('http');
const { Daemon } = require('./daemons');
const { limits } = require('./groups');

const routes = ({ server, people, doings, daemons, folder, tools, inner }) => {
  const daemon = (name = 'bot') => {
    const found = daemons.get(name);
    if (!found) throw new Error(`there is no daemon called ${name}`);
    return found;
  };
  const describe = (user) => ({ name: user.name, uuid: user.uuid, number: user.number, pni: user.primary.device.pni, devices: user.primary.secondaryDevices.map((each) => each.deviceId) });
  const api = {
    'POST /user': async (order) => describe(await people.create(order)),
    'POST /rekey': (order) => people.rekey(order),
    'GET /users': async () => [...people.users.values()].map(describe),
    'POST /link': async ({ uri, user }) => ({ device: (await server.link(uri, people.of(user))).deviceId }),
    'POST /unlink': async ({ user }) => {
      const { primary } = people.of(user);
      for (const device of [...primary.secondaryDevices]) {
        await server.removeDevice(device.number, device.deviceId);
        await primary.unlink(device);
        for (const socket of server.webSockets.get(device) || []) socket.ws.close(4401);
      }
      return {};
    },
    'POST /say': (order) => doings.say(order),
    'POST /edit': (order) => doings.edit(order),
    'POST /react': (order) => doings.react(order),
    'POST /delete': (order) => doings.remove(order),
    'POST /typing': (order) => doings.typing(order),
    'POST /receipt': (order) => doings.receipt(order),
    'POST /raw': (order) => doings.raw(order),
    'POST /receipts': (order) => people.setReceipts(order),
    'GET /heard': (order) => people.heard({ ...order, after: Number(order.after || 0), wait: Number(order.wait || 0) }),
    'POST /group': (order) => doings.createGroup(order),
    'GET /group': async (order) => doings.state(order),
    'GET /groups': async () => [...server.groups.values()].map((group) => doings.state({ group: group.id })),
    'POST /change': (order) => doings.change(order),
    'POST /join': (order) => doings.join(order),
    'POST /size': async ({ size, group }) => {
      if (group) limits.of.set(group, size);
      else limits.size = size;
      return {};
    },
    'POST /fault': async (order) => server.faults.add(order.target ? { ...order, target: people.of(order.target).uuid } : order),
    'DELETE /fault': async ({ id }) => server.faults.clear(id === undefined ? undefined : Number(id)),
    'GET /faults': async () => server.faults.list.map((fault) => ({ ...fault, times: Number.isFinite(fault.times) ? fault.times : null })),
    'POST /drop': async ({ name }) => ({ dropped: daemon(name).gate.drop() }),
    'POST /network': async ({ name, open }) => {
      daemon(name).gate.open = open;
      return { dropped: open ? 0 : daemon(name).gate.drop() };
    },
    'GET /daemons': async () => [...daemons.values()].map((each) => each.describe()),
    'POST /daemon': async ({ name, user, link = true }) => {
      if (daemons.has(name)) throw new Error(`there is a daemon called ${name} already`);
      const made = new Daemon(name, folder, tools, inner);
      daemons.set(name, made);
      await (await made.make()).start();
      return link ? made.link(server, user ? people.of(user) : await people.create({ name })) : made.describe();
    },
    'POST /daemon/end': async ({ name }) => {
      const ended = daemon(name);
      daemons.delete(name);
      await ended.end('SIGKILL');
      ended.close();
      return {};
    },
    'POST /daemon/start': async ({ name }) => daemon(name).start(),
    'POST /daemon/kill': async ({ name }) => daemon(name).end('SIGKILL'),
    'POST /daemon/stop': async ({ name }) => daemon(name).end('SIGTERM'),
  };
  return api;
};

/** Listens; its address. */
const control = async (world) => {
  const api = routes(world);
  const server = http.createServer(async (req, res) => {
    const url = new URL(req.url, 'http://localhost');
    const chunks = [];
    for await (const chunk of req) chunks.push(chunk);
    const answer = (status, body) => {
      res.writeHead(status, { 'Content-Type': 'application/json' });
      res.end(JSON.stringify(body ?? {}, (key, value) => (typeof value === 'bigint' ? Number(value) : value)));
    };
    const route = api[`${req.method} ${url.pathname}`];
    if (!route) return answer(404, { error: `there is no ${req.method} ${url.pathname}` });
    try {
      const text = Buffer.concat(chunks).toString();
      return answer(200, await route({ ...Object.fromEntries(url.searchParams), ...(text ? JSON.parse(text) : {}) }));
    } catch (error) {
      if (!error.status) console.log(req.method, req.url, error.stack);
      return answer(error.status || 400, { error: error.message });
    }
  });
  server.keepAliveTimeout = 60e3;
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${server.address().port}`;
};

module.exports = { control };
