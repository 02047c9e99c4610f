'use strict';
// What the server answers on its websockets: faults first, then what signal-cli asks and the mock lacks, then the mock.
const { Connection, P } = require('./parts');
const { Gate } = require('./gate');
const { Faults } = require('./faults');

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const bodyOf = (req) => JSON.parse(Buffer.from(req.body).toString());

/** Whom a message is for: one, or, sealed for many, several. */
const targetsOf = (req, route) => {
  if (!route.startsWith('/v1/messages/')) return [route];
  if (!route.endsWith('/multi_recipient')) return [route.slice('/v1/messages/'.length)];
  const Sealed = require('@signalapp/libsignal-client/dist/SealedSenderMultiRecipientMessage').default;
  return Object.keys(new Sealed(Buffer.from(req.body)).recipientsByServiceIdString());
};

const handled = Connection.prototype.handleRequest;
Connection.prototype.handleRequest = async function handleRequest(req) {
  const route = (req.path || '').split('?')[0].replace(/(.)\/$/, '$1');
  const json = (status, body, headers = {}) => ({
    id: req.id, status,
    headers: ['Content-Type:application/json', `X-Signal-Timestamp:${Date.now()}`, ...Object.entries(headers).map(([name, value]) => `${name}:${value}`)],
    body: Buffer.from(JSON.stringify(body)),
  });
  const targets = targetsOf(req, route);
  if (process.env.TOCSIN_SIGNAL_TRACE) console.log(Gate.names.get(this.request.socket.remotePort), this.device ? 'known' : 'unknown', req.verb, route);
  const fault = this.server.faults.of(req.verb, route, Gate.names.get(this.request.socket.remotePort), targets);
  if (fault && fault.delay) await wait(fault.delay);
  const refusal = fault && Faults.answer(fault);
  if (refusal) {
    // A fault of one recipient among many: the client is told to send to each alone, where the fault meets that one.
    if (fault.target && targets.length > 1) { fault.seen -= 1; return json(401, {}); }
    if (fault.after) await handled.call(this, req);
    return json(refusal.status, refusal.body, refusal.headers);
  }
  return answered(this, req, route, json);
};

const answered = async (connection, req, route, json) => {
  const { server, device } = connection;
  const inner = () => handled.call(connection, req);
  switch (`${req.verb} ${route}`) {
    case 'PUT /v1/accounts/attributes':
      if (device && req.body && bodyOf(req).unidentifiedAccessKey) device.accessKey = Buffer.from(bodyOf(req).unidentifiedAccessKey, 'base64');
      return json(200, {});
    case 'PUT /v1/profile':
    case 'POST /v2/keys/check':
    case 'GET /v1/keepalive/provisioning':
      return json(200, {});
    case 'PUT /v2/keys': {
      const keys = Object.fromEntries(Object.entries(bodyOf(req)).filter(([, value]) => value !== null));
      req.body = Buffer.from(JSON.stringify({ preKeys: [], ...keys }));
      return inner();
    }
    case 'GET /v1/devices': {
      if (!device) return json(401, {});
      const devices = await server.getAllDevicesByServiceId(device.aci);
      return json(200, { devices: devices.map((each) => ({ id: each.deviceId, name: null, lastSeen: Date.now(), registrationId: 1, createdAtCiphertext: null })) });
    }
    case 'GET /v1/accounts/whoami': {
      if (!device) return json(401, {});
      const who = bodyOf(await inner());
      return json(200, { usernameHash: null, usernameLinkHandle: null, storageCapable: true, entitlements: { badges: [], backup: null }, ...who, pni: (who.pni || '').replace(/^PNI:/, '') });
    }
    default:
  }
  if (req.verb === 'GET' && route.startsWith('/v1/profile/')) {
    const answer = await inner();
    return answer.status === 200 ? json(200, { uuid: route.split('/')[3], ...bodyOf(answer) }) : answer;
  }
  const answer = await inner();
  if (answer.status >= 400) console.log(req.verb, route, answer.status, Buffer.from(answer.body || '').toString().slice(0, 300));
  const isMessage = req.verb === 'PUT' && /^\/v1\/messages\/(?!multi)/.test(route);
  return isMessage && answer.status === 200 ? json(200, { needsSync: !!device }) : answer;
};

// signal-cli does not answer what the server says while linking: its answers are not waited for.
Connection.prototype.handleProvision = async function handleProvision(id) {
  const begun = new Promise((resolve) => this.server.provisions.set(id, resolve));
  void this.send('PUT', '/v1/address', { body: P.ProvisioningAddress.encode({ address: id }).finish() });
  await begun;
  const { envelope } = await this.server.getProvisioningResponse(id);
  void this.send('PUT', '/v1/message', { body: envelope });
};
