'use strict';
// Groups as Signal's storage service keeps them: every action, who may do it, links, requests, bans, and a limit of size.
// The mock's own groups know only titles, removal and invitations.
const { ServerGroup, ClientGroup, P, zk } = require('./parts');

const { AccessRequired } = P.AccessControl;
const [DEFAULT, ADMINISTRATOR] = [1, 2];
const same = (a, b) => Buffer.from(a || []).equals(Buffer.from(b || []));

/** An answer other than 200. */
class Refused extends Error {
  constructor(status, message, headers = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

const limits = { size: 1001, of: new Map() };

const checkSize = (id, state) => {
  const size = limits.of.get(id) ?? limits.size;
  const count = (state.members || []).length + (state.membersPendingProfileKey || []).length;
  if (count > size || (state.membersPendingAdminApproval || []).length > size) throw new Refused(400, `group size cannot exceed ${size}`);
};

/** One change of a group by somebody: state after it, and the actions as they were applied. */
class Change {
  constructor(group, aci, pni, actions, password) {
    this.group = group;
    this.by = aci.serialize();
    this.pni = pni.serialize();
    this.actions = actions;
    this.state = { ...group.state, version: actions.version, accessControl: { ...group.state.accessControl } };
    this.applied = { version: actions.version, sourceUserId: this.by };
    this.password = password;
    this.author = (group.state.members || []).find((member) => same(member.userId, this.by));
  }

  get isAdmin() { return !!this.author && this.author.role === ADMINISTRATOR; }

  need(required, what) {
    const granted = required === AccessRequired.ANY || (required === AccessRequired.MEMBER && this.author) || (required === AccessRequired.ADMINISTRATOR && this.isAdmin);
    if (!granted) throw new Refused(403, `no right to change ${what}`);
  }

  needAdmin(what) { this.need(AccessRequired.ADMINISTRATOR, what); }

  needLink(access) {
    const banned = (this.state.membersBanned || []).some((each) => same(each.userId, this.by));
    if (banned) throw new Refused(403, 'banned', { 'X-Signal-Forbidden-Reason': 'banned' });
    const has = this.state.accessControl.addFromInviteLink === access && this.password && same(this.password, this.state.inviteLinkPassword);
    if (!has) throw new Refused(403, 'the link does not let in');
  }

  presented(presentation) {
    const { userId, profileKey } = this.group.unrollMember({ role: DEFAULT, presentation });
    return { userId, profileKey };
  }

  without(list, userId, of = (each) => each.userId) {
    const before = this.state[list] || [];
    this.state[list] = before.filter((each) => !same(of(each), userId));
    return this.state[list].length < before.length;
  }

  note(action, what) { (this.applied[action] = this.applied[action] || []).push(what); }

  addMember(userId, profileKey, role) {
    if ((this.state.members || []).some((each) => same(each.userId, userId))) throw new Refused(400, 'already a member');
    const member = { userId, profileKey, role, joinedAtVersion: this.actions.version };
    this.state.members = [...(this.state.members || []), member];
    return member;
  }

  people() {
    const { state, actions } = this;
    const pendingOf = (each) => each.member.userId;
    for (const { added, joinFromInviteLink } of actions.addMembers || []) {
      const { userId, profileKey } = this.presented(added.presentation);
      const joins = same(userId, this.by) && !this.author;
      if (joins) this.needLink(AccessRequired.ANY);
      else this.need(state.accessControl.members, 'members');
      if (added.role === ADMINISTRATOR) this.needAdmin('roles');
      this.without('membersPendingProfileKey', userId, pendingOf);
      this.without('membersPendingAdminApproval', userId);
      this.note('addMembers', { added: this.addMember(userId, profileKey, added.role || DEFAULT), joinFromInviteLink: joins || !!joinFromInviteLink });
    }
    for (const { deletedUserId } of actions.deleteMembers || []) {
      if (!same(deletedUserId, this.by)) this.needAdmin('members');
      if (!this.without('members', deletedUserId)) throw new Refused(400, 'not a member');
      this.note('deleteMembers', { deletedUserId });
    }
    for (const { userId, role } of actions.modifyMemberRoles || []) {
      this.needAdmin('roles');
      if (!(state.members || []).some((each) => same(each.userId, userId))) throw new Refused(400, 'not a member');
      state.members = state.members.map((each) => (same(each.userId, userId) ? { ...each, role } : each));
      this.note('modifyMemberRoles', { userId, role });
    }
    for (const { presentation } of actions.modifyMemberProfileKeys || []) {
      const { userId, profileKey } = this.presented(presentation);
      if (!same(userId, this.by)) throw new Refused(403, 'another profile');
      state.members = (state.members || []).map((each) => (same(each.userId, userId) ? { ...each, profileKey } : each));
      this.note('modifyMemberProfileKeys', { userId, profileKey });
    }
  }

  invited() {
    const { state, actions } = this;
    const pendingOf = (each) => each.member.userId;
    for (const { added } of actions.addPendingMembers || []) {
      this.need(state.accessControl.members, 'members');
      const { userId, role } = added.member;
      const pending = { member: { userId, role: role || DEFAULT }, addedByUserId: this.by, timestamp: Date.now() };
      state.membersPendingProfileKey = [...(state.membersPendingProfileKey || []), pending];
      this.note('addPendingMembers', { added: pending });
    }
    for (const { deletedUserId } of actions.deletePendingMembers || []) {
      if (!same(deletedUserId, this.by) && !same(deletedUserId, this.pni)) this.needAdmin('invitations');
      if (!this.without('membersPendingProfileKey', deletedUserId, pendingOf)) throw new Refused(400, 'not invited');
      this.note('deletePendingMembers', { deletedUserId });
    }
    for (const { presentation } of actions.promotePendingMembers || []) {
      const { userId, profileKey } = this.presented(presentation);
      const pending = (state.membersPendingProfileKey || []).find((each) => same(pendingOf(each), userId));
      if (!same(userId, this.by) || !pending) throw new Refused(403, 'not invited');
      this.without('membersPendingProfileKey', userId, pendingOf);
      this.addMember(userId, profileKey, pending.member.role);
      this.note('promotePendingMembers', { userId, profileKey });
    }
  }

  requesting() {
    const { state, actions } = this;
    for (const { added } of actions.addMemberPendingAdminApprovals || []) {
      const { userId, profileKey } = this.presented(added.presentation);
      if (!same(userId, this.by) || this.author) throw new Refused(403, 'requests are one\'s own');
      this.needLink(AccessRequired.ADMINISTRATOR);
      this.without('membersPendingAdminApproval', userId);
      const request = { userId, profileKey, timestamp: Date.now() };
      state.membersPendingAdminApproval = [...(state.membersPendingAdminApproval || []), request];
      this.note('addMemberPendingAdminApprovals', { added: request });
    }
    for (const { deletedUserId } of actions.deleteMemberPendingAdminApprovals || []) {
      if (!same(deletedUserId, this.by)) this.needAdmin('requests');
      if (!this.without('membersPendingAdminApproval', deletedUserId)) throw new Refused(400, 'no such request');
      this.note('deleteMemberPendingAdminApprovals', { deletedUserId });
    }
    for (const { userId, role } of actions.promoteMemberPendingAdminApprovals || []) {
      this.needAdmin('requests');
      const request = (state.membersPendingAdminApproval || []).find((each) => same(each.userId, userId));
      if (!request) throw new Refused(400, 'no such request');
      this.without('membersPendingAdminApproval', userId);
      this.addMember(userId, request.profileKey, role || DEFAULT);
      this.note('promoteMemberPendingAdminApprovals', { userId, role: role || DEFAULT });
    }
    for (const { added } of actions.addMembersBanned || []) {
      this.needAdmin('bans');
      const banned = { userId: added.userId, timestamp: Date.now() };
      this.without('membersBanned', added.userId);
      state.membersBanned = [...(state.membersBanned || []), banned];
      this.note('addMembersBanned', { added: banned });
    }
    for (const { deletedUserId } of actions.deleteMembersBanned || []) {
      this.needAdmin('bans');
      this.without('membersBanned', deletedUserId);
      this.note('deleteMembersBanned', { deletedUserId });
    }
  }

  settings() {
    const { state, actions, applied } = this;
    const attributes = () => this.need(this.group.state.accessControl.attributes, 'attributes');
    const set = (action, check, apply) => {
      if (!actions[action]) return;
      check();
      apply(actions[action]);
      applied[action] = actions[action];
    };
    const admin = () => this.needAdmin('settings');
    set('modifyTitle', attributes, ({ title }) => { state.title = title; });
    set('modifyAvatar', attributes, ({ avatar }) => { state.avatar = avatar; });
    set('modifyDescription', attributes, ({ descriptionBytes }) => { state.descriptionBytes = descriptionBytes; });
    set('modifyDisappearingMessagesTimer', attributes, ({ timer }) => { state.disappearingMessagesTimer = timer; });
    set('modifyAttributesAccess', admin, ({ attributesAccess }) => { state.accessControl.attributes = attributesAccess; });
    set('modifyMemberAccess', admin, ({ membersAccess }) => { state.accessControl.members = membersAccess; });
    set('modifyAddFromInviteLinkAccess', admin, ({ addFromInviteLinkAccess }) => { state.accessControl.addFromInviteLink = addFromInviteLinkAccess; });
    set('modifyInviteLinkPassword', admin, ({ inviteLinkPassword }) => { state.inviteLinkPassword = inviteLinkPassword; });
    set('modifyAnnouncementsOnly', admin, ({ announcementsOnly }) => { state.announcementsOnly = !!announcementsOnly; });
  }

  make() {
    this.people();
    this.invited();
    this.requesting();
    this.settings();
    if (this.actions.promoteMembersPendingPniAciProfileKey?.length) throw new Refused(400, 'invitations by number are not in this mock');
    const grows = ['members', 'membersPendingProfileKey', 'membersPendingAdminApproval'].some((list) => (this.state[list] || []).length > (this.group.state[list] || []).length);
    if (grows) checkSize(this.group.id, this.state);
    return this;
  }
}

// Replaces the mock's own, which its routes and its users call. The password of a link comes along as the property of the actions.
ServerGroup.prototype.modify = function modify(aci, pni, actions) {
  if (actions.version !== (this.state.version || 0) + 1) return { conflict: true, signedChange: undefined };
  const change = new Change(this, aci, pni, actions, actions.linkPassword).make();
  change.applied.groupId = Buffer.from(this.id, 'base64');
  const encoded = P.GroupChange.Actions.encode(P.GroupChange.Actions.fromObject(change.applied)).finish();
  const serverSignature = this.zkSecret.sign(Buffer.from(encoded)).serialize();
  const groupChange = { actions: encoded, changeEpoch: 5, serverSignature };
  this.privChanges.groupChanges.push({ groupChange, groupState: change.state });
  return { conflict: false, signedChange: groupChange };
};

/** What somebody sees who has a link. */
const joinInfo = (group, aci, password) => {
  const { state } = group;
  const by = aci.serialize();
  const change = new Change(group, aci, aci, { version: 0 }, password);
  const access = state.accessControl.addFromInviteLink;
  const asked = (state.membersPendingAdminApproval || []).some((each) => same(each.userId, by));
  if (!asked) change.needLink(access === AccessRequired.ADMINISTRATOR ? access : AccessRequired.ANY);
  return P.GroupJoinInfo.encode({
    publicKey: state.publicKey, title: state.title, avatar: state.avatar, descriptionBytes: state.descriptionBytes,
    memberCount: (state.members || []).length, addFromInviteLink: access, version: state.version || 0, pendingAdminApproval: asked,
  }).finish();
};

const blob = (cipher, bytes) => {
  if (!bytes || !bytes.length) return {};
  return P.GroupAttributeBlob.decode(cipher.decryptBlob(Buffer.from(bytes)));
};

const nameOf = (value) => Object.keys(AccessRequired).find((key) => AccessRequired[key] === (value || 0));

/** A group in words, for tests. */
const describe = (group, secretParams) => {
  const { state } = group;
  if (!secretParams) return { id: group.id, revision: state.version || 0, members: (state.members || []).length, opaque: true };
  const cipher = new zk.ClientZkGroupCipher(secretParams);
  const who = (bytes) => cipher.decryptServiceId(new zk.UuidCiphertext(Buffer.from(bytes))).getServiceIdString();
  const masterKey = Buffer.from(secretParams.getMasterKey().serialize());
  const password = state.inviteLinkPassword && state.inviteLinkPassword.length ? Buffer.from(state.inviteLinkPassword) : null;
  const link = password && P.GroupInviteLink.encode({ v1Contents: { groupMasterKey: masterKey, inviteLinkPassword: password } }).finish();
  return {
    id: group.id,
    masterKey: masterKey.toString('base64'),
    revision: state.version || 0,
    title: blob(cipher, state.title).title || '',
    description: blob(cipher, state.descriptionBytes).descriptionText || '',
    timer: blob(cipher, state.disappearingMessagesTimer).disappearingMessagesDuration || 0,
    announcementsOnly: !!state.announcementsOnly,
    access: { attributes: nameOf(state.accessControl.attributes), members: nameOf(state.accessControl.members), link: nameOf(state.accessControl.addFromInviteLink) },
    link: link ? { url: `https://signal.group/#${Buffer.from(link).toString('base64url')}`, password: password.toString('base64url') } : null,
    members: (state.members || []).map((each) => ({ uuid: who(each.userId), admin: each.role === ADMINISTRATOR, joinedAtRevision: each.joinedAtVersion || 0 })),
    pending: (state.membersPendingProfileKey || []).map((each) => ({ uuid: who(each.member.userId), admin: each.member.role === ADMINISTRATOR, by: who(each.addedByUserId) })),
    requesting: (state.membersPendingAdminApproval || []).map((each) => ({ uuid: who(each.userId) })),
    banned: (state.membersBanned || []).map((each) => ({ uuid: who(each.userId) })),
  };
};

module.exports = { AccessRequired, ADMINISTRATOR, DEFAULT, ClientGroup, Refused, checkSize, describe, joinInfo, limits, same };
