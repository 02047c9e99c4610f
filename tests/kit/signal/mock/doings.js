'use strict';
// What people do with their phones: write, edit, react, delete, make groups and change them, ask to join.
const crypto = require('crypto');
const { zk, P } = require('./parts');
const { AccessRequired, ADMINISTRATOR, DEFAULT, ClientGroup, Refused, describe } = require('./groups');
const { now } = require('./people');

const list = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
const access = (name) => {
  if (AccessRequired[name] === undefined) throw new Error(`access is one of ${Object.keys(AccessRequired)}`);
  return AccessRequired[name];
};
const LINKS = { off: 'UNSATISFIABLE', on: 'ANY', approval: 'ADMINISTRATOR' };

class Doings {
  constructor(server, people) {
    this.server = server;
    this.people = people;
  }

  // ---------------------------------------------------------------------------------------------------------------- words

  /** Whom it reaches: the linked devices of one, or of a group's members; of oneself, as a copy. */
  reached({ from, to, group }) {
    const sender = this.people.of(from);
    if (!group) return to ? [this.people.of(to)] : [];
    const members = describe(this.group(group), this.params(group)).members.map((each) => each.uuid);
    return members.filter((uuid) => uuid !== sender.uuid).map((uuid) => this.people.of(uuid));
  }

  async tell(order, make) {
    const sender = this.people.of(order.from);
    const timestamp = order.timestamp || now();
    const groupV2 = order.group ? { masterKey: this.masterKey(order.group), revision: this.group(order.group).state.version || 0 } : undefined;
    const content = make(timestamp, groupV2);
    const options = { timestamp, sealed: order.sealed, wait: order.wait };
    for (const user of this.reached(order)) await this.people.give(sender, user.primary.secondaryDevices, content, options);
    if (sender.primary.secondaryDevices.length && !content.typingMessage && !content.receiptMessage) {
      const sent = { timestamp, destinationServiceId: order.group ? undefined : this.people.of(order.to || order.from).uuid };
      if (content.editMessage) sent.editMessage = content.editMessage;
      else sent.message = content.dataMessage;
      await this.people.give(sender, sender.primary.secondaryDevices, { syncMessage: { sent } }, options);
    }
    return { timestamp };
  }

  say(order) {
    const sender = this.people.of(order.from);
    return this.tell(order, (timestamp, groupV2) => ({ dataMessage: { ...this.people.words(sender, order, timestamp), groupV2 } }));
  }

  edit(order) {
    const sender = this.people.of(order.from);
    return this.tell(order, (timestamp, groupV2) => ({ editMessage: { targetSentTimestamp: order.of, dataMessage: { ...this.people.words(sender, order, timestamp), groupV2 } } }));
  }

  react(order) {
    const reaction = { emoji: order.emoji, remove: !!order.remove, targetAuthorAci: this.people.of(order.author).uuid, targetSentTimestamp: order.of };
    return this.tell(order, (timestamp, groupV2) => ({ dataMessage: { timestamp, groupV2, reaction, profileKey: this.profileKey(order.from) } }));
  }

  remove(order) {
    return this.tell(order, (timestamp, groupV2) => ({ dataMessage: { timestamp, groupV2, delete: { targetSentTimestamp: order.of } } }));
  }

  typing(order) {
    const groupId = order.group ? Buffer.from(order.group, 'base64') : undefined;
    return this.tell(order, (timestamp) => ({ typingMessage: { timestamp, action: order.stop ? 1 : 0, groupId } }));
  }

  receipt(order) {
    const type = ['delivery', 'read', 'viewed'].indexOf(order.type || 'read');
    return this.tell({ ...order, group: undefined }, () => ({ receiptMessage: { type, timestamp: list(order.of) } }));
  }

  /** Any content, in the words of wire.js: for what nobody foresaw. */
  raw(order) {
    return this.tell(order, (timestamp, groupV2) => {
      const content = structuredClone(order.content);
      if (content.dataMessage) content.dataMessage = { timestamp, groupV2, ...content.dataMessage };
      return content;
    });
  }

  profileKey(who) { return Buffer.from(this.people.of(who).primary.profileKey.serialize()); }

  // --------------------------------------------------------------------------------------------------------------- groups

  group(id) {
    const group = this.server.group(id);
    if (!group) throw new Error('there is no such group');
    return group;
  }

  params(id) { return this.people.masterKeys.get(id); }

  masterKey(id) {
    const params = this.params(id);
    if (!params) throw new Error('nobody here has heard of that group yet, and so its key is not known');
    return Buffer.from(params.getMasterKey().serialize());
  }

  state({ group, link }) {
    if (link) this.learnLink(link);
    return describe(this.group(group || this.learnLink(link)), this.params(group || this.learnLink(link)));
  }

  learnLink(url) {
    const { v1Contents } = P.GroupInviteLink.decode(Buffer.from(url.split('#')[1], 'base64url'));
    return this.people.learn(v1Contents.groupMasterKey);
  }

  async createGroup({ creator, title, members = [], admins = [], description, timer, link, tell = true, access: rights }) {
    const founder = this.people.of(creator);
    const others = [...list(admins), ...list(members)].map((each) => this.people.of(each));
    const client = await founder.primary.createGroup({ title, members: [founder, ...others].map((each) => each.primary) });
    this.people.masterKeys.set(client.id, client.secretParams);
    const { state } = this.group(client.id);
    const cipher = client.encryptServiceId.bind(client);
    const leading = [founder, ...list(admins).map((each) => this.people.of(each))].map((each) => cipher(each.uuid).toString('hex'));
    state.members = state.members.map((member) => ({ ...member, role: leading.includes(Buffer.from(member.userId).toString('hex')) ? ADMINISTRATOR : DEFAULT }));
    const change = { description, timer, link, access: rights };
    if (Object.values(change).some((each) => each !== undefined)) await this.change({ group: client.id, by: creator, ...change, tell: false });
    if (tell) await this.say({ from: creator, group: client.id });
    return this.state({ group: client.id });
  }

  async presentation(who, params) {
    return Buffer.from((await this.people.of(who).primary.getProfileKeyPresentation(params)).serialize());
  }

  async actions(order, params, state) {
    const cipher = new zk.ClientZkGroupCipher(params);
    const client = new ClientGroup({ secretParams: params, groupState: state });
    const hidden = (who) => client.encryptServiceId(this.people.of(who).uuid);
    const blob = (value) => Buffer.from(cipher.encryptBlob(Buffer.from(P.GroupAttributeBlob.encode(value).finish())));
    const presented = async (who) => ({ presentation: await this.presentation(who, params) });
    const all = (value, make) => Promise.all(list(value).map(make));
    const actions = {};
    const put = (name, value) => { if (value !== undefined && !(Array.isArray(value) && !value.length)) actions[name] = value; };
    const { access: rights = {} } = order;
    put('addMembers', await all(order.add, async (who) => ({ added: { role: DEFAULT, ...await presented(who) } })));
    put('addPendingMembers', list(order.invite).map((who) => ({ added: { member: { userId: hidden(who), role: DEFAULT } } })));
    put('deletePendingMembers', list(order.uninvite).map((who) => ({ deletedUserId: hidden(who) })));
    put('deleteMembers', list(order.remove).map((who) => ({ deletedUserId: hidden(who) })));
    put('modifyMemberRoles', [...list(order.promote).map((who) => ({ userId: hidden(who), role: ADMINISTRATOR })), ...list(order.demote).map((who) => ({ userId: hidden(who), role: DEFAULT }))]);
    put('promoteMemberPendingAdminApprovals', list(order.approve).map((who) => ({ userId: hidden(who), role: DEFAULT })));
    put('deleteMemberPendingAdminApprovals', list(order.refuse).map((who) => ({ deletedUserId: hidden(who) })));
    put('addMembersBanned', list(order.ban).map((who) => ({ added: { userId: hidden(who) } })));
    put('deleteMembersBanned', list(order.unban).map((who) => ({ deletedUserId: hidden(who) })));
    put('promotePendingMembers', await all(order.accept, presented));
    put('modifyTitle', order.title === undefined ? undefined : { title: blob({ title: order.title }) });
    put('modifyDescription', order.description === undefined ? undefined : { descriptionBytes: blob({ descriptionText: order.description }) });
    put('modifyDisappearingMessagesTimer', order.timer === undefined ? undefined : { timer: blob({ disappearingMessagesDuration: order.timer }) });
    put('modifyAttributesAccess', rights.attributes && { attributesAccess: access(rights.attributes) });
    put('modifyMemberAccess', rights.members && { membersAccess: access(rights.members) });
    put('modifyAnnouncementsOnly', order.announcementsOnly === undefined ? undefined : { announcementsOnly: order.announcementsOnly });
    put('modifyAddFromInviteLinkAccess', order.link && { addFromInviteLinkAccess: access(LINKS[order.link]) });
    const fresh = order.resetLink || (order.link && order.link !== 'off' && !(state.inviteLinkPassword || []).length);
    put('modifyInviteLinkPassword', fresh ? { inviteLinkPassword: crypto.randomBytes(16) } : undefined);
    put('addMemberPendingAdminApprovals', await all(order.request, async (who) => ({ added: await presented(who) })));
    return actions;
  }

  /** Changes a group in somebody's name, and tells those concerned whose devices are linked. */
  async change(order) {
    const group = this.group(order.group);
    const params = this.params(order.group);
    if (!params) this.masterKey(order.group);
    const before = describe(group, params);
    const by = this.people.of(order.by);
    const client = new ClientGroup({ secretParams: params, groupState: group.state });
    const actions = { ...await this.actions(order, params, group.state), version: before.revision + 1, linkPassword: order.password };
    const made = await this.server.modifyGroup({ group, actions, aciCiphertext: client.encryptServiceId(by.uuid), pniCiphertext: client.encryptServiceId(by.primary.device.pni) });
    if (made.conflict) throw new Refused(409, 'conflict');
    const after = describe(group, params);
    if (order.tell !== false) await this.tellOf(by, [before, after], P.GroupChange.encode(made.signedChange).finish(), order);
    return after;
  }

  async tellOf(by, [before, after], groupChange, order) {
    const concerned = new Set([before, after].flatMap((state) => [...state.members, ...state.pending, ...state.requesting]).map((each) => each.uuid));
    const timestamp = now();
    const content = { dataMessage: { timestamp, profileKey: this.profileKey(by.uuid), groupV2: { masterKey: this.masterKey(after.id), revision: after.revision, groupChange: Buffer.from(groupChange) } } };
    for (const uuid of concerned) {
      if (uuid !== by.uuid) await this.people.give(by, this.people.of(uuid).primary.secondaryDevices, content, { timestamp, wait: order.wait });
    }
  }

  /** Joins by the group's link: at once, or as somebody who asks. As with real clients nobody is told of one who asks. */
  async join({ user, link, group, tell }) {
    const id = link ? this.learnLink(link) : group;
    const { access: rights, link: current } = describe(this.group(id), this.params(id));
    const password = link ? Buffer.from(P.GroupInviteLink.decode(Buffer.from(link.split('#')[1], 'base64url')).v1Contents.inviteLinkPassword) : current && Buffer.from(current.password, 'base64url');
    const asks = rights.link === 'ADMINISTRATOR';
    return this.change({ group: id, by: user, password, [asks ? 'request' : 'add']: [user], tell: tell ?? !asks });
  }
}

module.exports = { Doings };
