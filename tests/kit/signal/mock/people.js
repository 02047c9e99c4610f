'use strict';
// The people: users whose phones live here. What they type, and what they hear.
const { P, StorageState, PrimaryDevice, crypto: mockCrypto, zk, libsignal } = require('./parts');
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const wire = require('./wire');

const LONG = 2048; // bytes of UTF-8; what is longer goes as an attachment, as clients do it
let clock = 0;
/** A time that nothing else here has. */
const now = () => { clock = Math.max(clock + 1, Date.now()); return clock; };

class People {
  users = new Map(); // by uuid
  names = new Map(); // the latest of each name
  masterKeys = new Map(); // of groups by id
  journal = [];
  waiting = new Set();
  receipts = { all: 'on', of: new Map() };
  held = [];

  constructor(server) {
    this.server = server;
    const people = this;
    const heard = (data) => function record(source, _kind, _type, content) { people.hear(this, source, content, data); };
    PrimaryDevice.prototype.handleDataMessage = heard('data');
    PrimaryDevice.prototype.handleEditMessage = heard('edit');
    PrimaryDevice.prototype.handleReceiptMessage = heard('receipt');
    const sync = PrimaryDevice.prototype.handleSync;
    PrimaryDevice.prototype.handleSync = async function handleSync(source, message) {
      if (message.request) return sync.call(this, source, message);
      return people.hear(this, source, message, 'sync');
    };
    // A server cannot read what it passes on: a phone that cannot either is no error of the sender's, and what comes twice is dropped.
    const handle = PrimaryDevice.prototype.handleEnvelope;
    PrimaryDevice.prototype.handleEnvelope = async function handleEnvelope(...args) {
      try {
        await handle.apply(this, args);
      } catch (error) {
        if (error.name !== 'DuplicatedMessage') people.unreadable(this, args[0], error);
      }
    };
    const decode = P.Content.decode;
    // The bytes are kept: the mock's own reading leaves out service ids that are strings.
    P.Content.decode = (bytes, length) => {
      const content = decode.call(P.Content, bytes, length);
      for (const each of [content, content.syncMessage]) if (each && bytes instanceof Uint8Array) Object.defineProperty(each, 'bytes', { value: Buffer.from(bytes) });
      return content;
    };
  }

  async create({ name, contacts = [] }) {
    const known = contacts.map((each) => this.of(each).primary);
    const primary = await this.server.createPrimaryDevice({ profileName: name, contacts: known });
    let state = StorageState.getEmpty().updateAccount({ profileKey: primary.profileKey.serialize(), e164: primary.device.number, givenName: name });
    for (const contact of known) {
      state = state.addContact(contact, { whitelisted: true, profileKey: contact.profileKey.serialize(), givenName: contact.profileName, serviceE164: contact.device.number, identityKey: contact.publicKey.serialize() });
    }
    await primary.setStorageState(state);
    const user = { name, uuid: primary.device.aci, number: primary.device.number, primary };
    this.users.set(user.uuid, user);
    this.names.set(name, user);
    return user;
  }

  /** A new phone: other keys, so a new safety number with everybody, and no conversation of before. */
  async rekey({ user }) {
    const { primary } = this.of(user);
    const key = libsignal.PrivateKey.generate();
    await primary.lock(async () => {
      Object.assign(primary, { privateKey: key, publicKey: key.getPublicKey() });
      const identity = primary.identity.get('ACI');
      await identity.updateIdentityKey(key);
      await identity.saveIdentity(primary.device.address, primary.publicKey);
      primary.sessions.sessions.clear();
      await primary.device.setKeys('ACI', await primary.generateKeys(primary.device, 'ACI'));
    });
    return {};
  }

  of(who) {
    const user = this.users.get(who) || this.names.get(who) || [...this.users.values()].find((each) => each.number === who);
    if (!user) throw new Error(`there is nobody called ${who}`);
    return user;
  }

  // -------------------------------------------------------------------------------------------------------------- hearing

  hear(primary, source, content, what) {
    const raw = wire.decode(content.bytes);
    const user = this.users.get(primary.device.aci);
    const sender = this.users.get(source.aci);
    const entry = { to: user.uuid, toName: user.name, from: source.aci, fromName: sender ? sender.name : null, device: source.deviceId, group: null };
    if (what === 'receipt') {
      Object.assign(entry, { kind: 'receipt', type: ['delivery', 'read', 'viewed'][raw.receiptMessage.type || 0], timestamps: raw.receiptMessage.timestamp || [] });
    } else {
      const sent = what === 'sync' ? (raw.syncMessage || {}).sent : undefined;
      const edit = sent ? sent.editMessage : raw.editMessage;
      const data = edit ? edit.dataMessage : sent ? sent.message : raw.dataMessage;
      if (!data) return;
      Object.assign(entry, { kind: edit ? 'edit' : wire.kindOf(data), timestamp: data.timestamp, editOf: edit ? edit.targetSentTimestamp : null, synced: !!sent, destination: sent ? sent.destinationServiceId || null : null });
      Object.assign(entry, wire.readable(data), { group: data.groupV2 ? this.learn(data.groupV2.masterKey) : null });
      entry.attachments = this.attachments(data, entry);
      if (!sent) this.receipt(user, source, entry.timestamp);
    }
    this.note(entry);
  }

  unreadable(primary, source, error) {
    console.log('unreadable', error.stack);
    const user = this.users.get(primary.device.aci);
    this.note({ to: user.uuid, toName: user.name, from: source ? source.aci : null, kind: 'unreadable', text: error.message, group: null });
  }

  note(entry) {
    this.journal.push({ seq: this.journal.length + 1, at: Date.now(), ...entry });
    for (const waiting of [...this.waiting]) waiting();
  }

  learn(masterKey) {
    const params = zk.GroupSecretParams.deriveFromMasterKey(new zk.GroupMasterKey(Buffer.from(masterKey)));
    const id = Buffer.from(params.getPublicParams().getGroupIdentifier().serialize()).toString('base64');
    this.masterKeys.set(id, params);
    return id;
  }

  attachments(data, entry) {
    return (data.attachments || []).map((pointer) => {
      const found = { contentType: pointer.contentType, fileName: pointer.fileName || null, size: pointer.size };
      const file = path.join(this.server.cdn, 'attachments', pointer.cdnKey || '');
      if (!pointer.cdnKey || !fs.existsSync(file)) return found;
      const [bytes, key] = [fs.readFileSync(file), Buffer.from(pointer.key)];
      const decipher = crypto.createDecipheriv('aes-256-cbc', key.subarray(0, 32), bytes.subarray(0, 16));
      const clear = Buffer.concat([decipher.update(bytes.subarray(16, -32)), decipher.final()]).subarray(0, pointer.size);
      found.sha256 = crypto.createHash('sha256').update(clear).digest('hex');
      if (pointer.contentType === 'text/x-signal-plain') entry.text = clear.toString();
      else if ((pointer.contentType || '').startsWith('text/')) found.text = clear.toString();
      return found;
    });
  }

  /** What was heard after a place in the journal, at the latest after a time. */
  async heard({ user, from, group, kind, after = 0, wait = 0 }) {
    const [to, by] = [user && this.of(user).uuid, from && this.of(from).uuid];
    const found = () => this.journal.slice(after).filter((entry) => (!to || entry.to === to) && (!by || entry.from === by) && (!group || entry.group === group) && (!kind || kind.split(',').includes(entry.kind)));
    if (!found().length && wait > 0) {
      await new Promise((resolve) => {
        const done = () => { clearTimeout(timer); this.waiting.delete(look); resolve(); };
        const look = () => { if (found().length) done(); };
        const timer = setTimeout(done, wait);
        this.waiting.add(look);
      });
    }
    return { entries: found(), last: this.journal.length };
  }

  // ------------------------------------------------------------------------------------------------------------- receipts

  receipt(user, source, timestamp) {
    const mode = this.receipts.of.get(user.uuid) || this.receipts.all;
    const give = () => this.give(user, [source], { receiptMessage: { type: 0, timestamp: [timestamp] } }, {});
    if (mode === 'on') setImmediate(() => give().catch((error) => console.log('receipt', error.message)));
    if (mode === 'hold') this.held.push({ user, give });
  }

  /** `on`, `off`, or `hold`: held ones go out when it is `on` again. */
  async setReceipts({ user, mode }) {
    if (!['on', 'off', 'hold'].includes(mode)) throw new Error('receipts are on, off, or on hold');
    if (user) this.receipts.of.set(this.of(user).uuid, mode);
    else this.receipts.all = mode;
    const free = (each) => (this.receipts.of.get(each.user.uuid) || this.receipts.all) === 'on';
    const let_go = this.held.filter(free);
    this.held = this.held.filter((each) => !free(each));
    for (const each of let_go) await each.give();
    return { released: let_go.length, held: this.held.length };
  }

  // --------------------------------------------------------------------------------------------------------------- saying

  /** Gives devices a message; with `wait` the promise is kept only when they have it. */
  async give(user, devices, content, { timestamp = now(), sealed = false, wait = false }) {
    const bytes = wire.encode(content);
    const { primary } = user;
    const sent = [];
    for (const device of devices) {
      if (device.deviceId === 1) continue;
      await primary.lock(async () => {
        const session = await primary.sessions.getSession(device.address);
        if (!session || !session.hasCurrentState()) await primary.addSingleUseKey(device, await device.popSingleUseKey());
        const envelope = await primary.encrypt(device, bytes, { timestamp, sealed });
        sent.push(this.server.send(device, envelope));
      });
    }
    if (wait) await Promise.all(sent);
    return timestamp;
  }

  upload(bytes, { contentType, fileName, flags }) {
    const sealed = mockCrypto.encryptAttachment(bytes);
    const cdnKey = crypto.randomUUID();
    fs.writeFileSync(path.join(this.server.cdn, 'attachments', cdnKey), sealed.blob);
    return { cdnKey, cdnNumber: 3, contentType, fileName, flags, key: sealed.key, digest: sealed.digest, size: sealed.size, uploadTimestamp: Date.now() };
  }

  /** A data message of somebody's words. */
  words(user, { text, styles, mentions, quote, attachments = [], expireTimer, viewOnce }, timestamp) {
    const data = { timestamp, profileKey: Buffer.from(user.primary.profileKey.serialize()), expireTimer: expireTimer || 0, isViewOnce: !!viewOnce, bodyRanges: wire.bodyRanges(styles, mentions && mentions.map((each) => ({ ...each, uuid: this.of(each.user || each.uuid).uuid }))) };
    data.attachments = attachments.map((each) => this.upload(each.base64 ? Buffer.from(each.base64, 'base64') : Buffer.from(each.text || ''), { contentType: 'application/octet-stream', ...each }));
    if (quote) data.quote = { id: quote.timestamp, authorAci: this.of(quote.author).uuid, text: quote.text || '', type: 0 };
    if (text !== undefined && text !== null) {
      data.body = text;
      if (Buffer.byteLength(text) > LONG) {
        let cut = Buffer.from(text).subarray(0, LONG).toString();
        while (!text.startsWith(cut)) cut = cut.slice(0, -1); // a character cut in two
        data.body = cut;
        data.attachments.unshift(this.upload(Buffer.from(text), { contentType: 'text/x-signal-plain' }));
      }
    }
    return data;
  }
}

module.exports = { People, now };
