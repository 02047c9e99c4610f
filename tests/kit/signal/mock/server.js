'use strict';
// Signal's mock server, with what signal-cli 0.13.19 needs beside: REST as well as websockets, routes that the mock lacks, service ids as
// strings, and a mailbox that keeps what was not acknowledged.
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const { EventEmitter } = require('events');
const { Server, Connection, P, libsignal, util } = require('./parts');
require('./routes');
const { Gate } = require('./gate');
const { Faults } = require('./faults');
const { Refused, checkSize, joinInfo } = require('./groups');

const varint = (n) => (n > 127 ? [(n & 127) | 128, ...varint(n >>> 7)] : [n]);
const stringField = (number, text) => Buffer.concat([Buffer.from(varint((number << 3) | 2)), Buffer.from(varint(Buffer.byteLength(text))), Buffer.from(text)]);
const serviceId = (bytes) => (bytes && bytes.length ? libsignal.ServiceId.parseFromServiceIdBinary(Buffer.from(bytes)).getServiceIdString() : undefined);
const uuidText = (bytes) => Buffer.from(bytes).toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Clients of 2025 read the service ids of a provisioning message as strings.
const encodeProvision = P.ProvisionMessage.encode;
P.ProvisionMessage.encode = (message, writer) => {
  if (writer) return encodeProvision.call(P.ProvisionMessage, message, writer);
  const bytes = encodeProvision.call(P.ProvisionMessage, message).finish();
  return { finish: () => Buffer.concat([bytes, stringField(8, uuidText(message.aciBinary)), stringField(10, uuidText(message.pniBinary))]) };
};

class World extends Server {
  faults = new Faults();
  provisions = new Map();
  mailboxes = new Map();

  constructor(folder) {
    fs.mkdirSync(path.join(folder, 'attachments'), { recursive: true });
    super({ timeout: 24 * 3600e3, cdn3Path: folder });
    this.cdn = folder;
    this.uploads = new Map();
  }

  async listen() {
    await super.listen(0, '127.0.0.1');
    const [inner] = this.https.listeners('request');
    this.https.removeAllListeners('request');
    this.https.on('request', (req, res) => {
      this.answer(req, res, inner).catch((error) => { res.statusCode = error.status || 500; res.end(error.stack); });
    });
    return this.https.address().port;
  }

  // ------------------------------------------------------------------------------------------------------------ messages

  /** Sends an envelope; the promise is kept when a device has acknowledged it. */
  send(target, message) {
    const envelope = P.Envelope.decode(message);
    const extra = [stringField(9, crypto.randomUUID())];
    const [source, destination] = [serviceId(envelope.sourceServiceIdBinary), serviceId(envelope.destinationServiceIdBinary)];
    if (source && envelope.type !== P.Envelope.Type.UNIDENTIFIED_SENDER) extra.push(stringField(11, source));
    if (destination) extra.push(stringField(13, destination));
    const box = this.mailboxes.get(target) || [];
    this.mailboxes.set(target, box);
    return new Promise((resolve) => {
      const entry = { message: Buffer.concat([message, ...extra]), resolve };
      box.push(entry);
      for (const socket of this.webSockets.get(target) || []) void this.hand(target, socket, entry);
    });
  }

  async hand(target, socket, entry) {
    try {
      await socket.sendMessage(entry.message);
    } catch {
      return; // stays in the mailbox for the next connection
    }
    const box = this.mailboxes.get(target);
    const at = box.indexOf(entry);
    if (at >= 0) box.splice(at, 1);
    entry.resolve();
  }

  async sendQueue(device, socket) {
    await Promise.all((this.mailboxes.get(device) || []).slice().map((entry) => this.hand(device, socket, entry)));
    await socket.sendMessage('empty').catch(() => {});
  }

  // -------------------------------------------------------------------------------------------------------------- groups

  async createGroup(group) {
    checkSize('', group);
    const created = await super.createGroup(group);
    const { state } = created;
    state.version = state.version ?? 0;
    const admin = (state.members || []).find((member) => member.role === 2);
    state.membersPendingProfileKey = (state.membersPendingProfileKey || []).map((member) => ({ ...member, addedByUserId: admin.userId, timestamp: Date.now() }));
    return created;
  }

  group(id) {
    return [...this.groups.values()].find((group) => group.id === id);
  }

  // ------------------------------------------------------------------------------------------------------------- linking

  /** Links the client that shows this address to a user; its device. */
  async link(uri, user) {
    const { searchParams } = new URL(uri);
    const id = searchParams.get('uuid');
    const begin = this.provisions.get(id);
    if (!begin) throw new Error('nobody waits to be linked with this address');
    this.provisions.delete(id);
    begin();
    const pending = await this.waitForProvision();
    return pending.complete({ provisionURL: uri.replace(/^sgnl:\/\/linkdevice/, 'tsdevice:/'), primaryDevice: user.primary });
  }

  // ---------------------------------------------------------------------------------------------------------------- REST

  async answer(req, res, inner) {
    const daemon = Gate.names.get(req.socket.remotePort);
    if (process.env.TOCSIN_SIGNAL_TRACE) res.once('finish', () => console.log(daemon, 'http', req.method, req.url, res.statusCode));
    const storage = req.url.replace(/^\/v([12])\/groups/, '/storageService/v$1/groups').replace(/^(\/storageService\/v[12]\/groups[^?]*?)\/(\?|$)/, '$1$2');
    if (/^\/storageService|^\/cdn3|^\/attachments\//.test(storage)) {
      req.url = storage.replace(/^(\/cdn3)+/, '/cdn3').replace(/^\/storageService\/v1\/storage$/, '/storageService/v1/storage/');
      const fault = this.faults.of(req.method, req.url, daemon, []);
      if (fault && fault.delay) await wait(fault.delay);
      const refusal = fault && Faults.answer(fault);
      if (refusal && !fault.after) return this.respond(res, refusal.status, JSON.stringify(refusal.body), refusal.headers);
      if (refusal) res = lost(res, refusal);
      if (req.url.startsWith('/cdn3/') && req.method !== 'GET') return this.upload(req, res);
      if (/^\/storageService\/v[12]\/groups/.test(req.url)) return this.groupRoute(req, res, inner);
      return inner(req, res);
    }
    const body = await read(req);
    const ws = Object.assign(new EventEmitter(), { send() {}, close() {} });
    const connection = new Connection(req, ws, this);
    const { username, password } = util.parseAuthHeader(req.headers.authorization, { allowEmptyPassword: true });
    if (username) connection.device = await this.auth(username, password);
    const headers = Object.entries(req.headers).map(([name, value]) => `${name}:${value}`);
    const answer = await connection.handleRequest({ id: 1, verb: req.method, path: req.url, body, headers });
    for (const header of answer.headers || []) res.setHeader(header.slice(0, header.indexOf(':')), header.slice(header.indexOf(':') + 1));
    res.statusCode = answer.status;
    res.end(answer.body || '');
  }

  respond(res, status, body, headers = {}) {
    res.writeHead(status, { 'X-Signal-Timestamp': Date.now(), ...headers });
    res.end(body);
  }

  /** Groups: joining by link, answers as the storage service gives them, and the rest by the mock. */
  async groupRoute(req, res, inner) {
    const url = new URL(req.url, 'https://localhost');
    const joining = /^\/storageService\/v2\/groups\/join(?:\/([^/]*))?$/.exec(url.pathname);
    const isChange = req.method === 'PATCH';
    const isState = req.method === 'GET' && /^\/storageService\/v[12]\/groups$/.test(url.pathname);
    if (!joining && !isChange && !isState) {
      if (req.method !== 'PUT') return inner(req, res);
      try {
        checkSize('', P.Group.decode(await peek(req)));
        return inner(req, res);
      } catch (error) {
        return this.respond(res, error.status || 500, error.message);
      }
    }
    try {
      const { username, password } = util.parseAuthHeader(req.headers.authorization);
      const presentation = await this.verifyGroupCredentials(Buffer.from(username, 'hex'), Buffer.from(password, 'hex'));
      const [aci, pni] = [presentation.getUuidCiphertext(), presentation.getPniCiphertext()];
      const group = await this.getGroup(Buffer.from(username, 'hex'));
      if (!group) throw new Refused(404, 'no such group');
      if (joining) return this.respond(res, 200, joinInfo(group, aci, Buffer.from(joining[1] || '', 'base64url')));
      if (isState) {
        if (!group.getMember(aci) && !group.getPendingMember(aci) && !group.getPendingMember(pni)) throw new Refused(403, 'not a member');
        return inner(req, res);
      }
      const actions = P.GroupChange.Actions.decode(await read(req));
      actions.linkPassword = Buffer.from(url.searchParams.get('inviteLinkPassword') || '', 'base64url');
      const made = await this.modifyGroup({ group, aciCiphertext: aci.serialize(), pniCiphertext: pni.serialize(), actions });
      if (made.conflict) throw new Refused(409, 'conflict');
      const groupSendEndorsementResponse = group.getGroupSendEndorsementResponse(aci);
      const v1 = url.pathname.startsWith('/storageService/v1/');
      return this.respond(res, 200, v1 ? P.GroupChange.encode(made.signedChange).finish() : P.GroupChangeResponse.encode({ groupChange: made.signedChange, groupSendEndorsementResponse }).finish());
    } catch (error) {
      if (!(error instanceof Refused)) console.log('group', error.stack);
      return this.respond(res, error.status || 500, error.message, error.headers);
    }
  }

  /** As much of tus as an upload of an attachment takes. */
  async upload(req, res) {
    const file = path.join(this.cdn, path.normalize(req.url.replace(/^\/cdn3/, '').split('?')[0]));
    const body = await read(req);
    const headers = { 'Tus-Resumable': '1.0.0' };
    if (req.method === 'POST') {
      this.uploads.set(file, Number(req.headers['upload-length'] || 0));
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, body);
      return this.respond(res, 201, '', { ...headers, Location: `https://${req.headers.host}${req.url}`, 'Upload-Offset': body.length });
    }
    if (!fs.existsSync(file)) return this.respond(res, 404, '');
    if (req.method !== 'HEAD') fs.appendFileSync(file, body);
    const size = fs.statSync(file).size;
    return this.respond(res, req.method === 'HEAD' ? 200 : 204, '', { ...headers, 'Upload-Offset': size, 'Upload-Length': this.uploads.get(file) || size });
  }
}

const read = async (req) => {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks);
};

/** Reads a request's body so that it can be read again. */
const peek = async (req) => {
  const body = await read(req);
  req.on = (event, listener) => {
    if (event === 'data') process.nextTick(() => listener(body));
    else if (event === 'end') setImmediate(listener);
    return req;
  };
  req[Symbol.asyncIterator] = async function* again() { yield body; };
  return body;
};

/** A response whose doer has done it, and whose asker is told that it was refused. */
const lost = (res, refusal) => {
  const sent = new EventEmitter();
  return Object.assign(sent, {
    statusCode: 200, headersSent: false, setHeader() {}, getHeader() {}, writeHead() {}, write() {},
    end() { if (res.headersSent) return; res.writeHead(refusal.status, refusal.headers); res.end(JSON.stringify(refusal.body)); },
  });
};

module.exports = { World };
