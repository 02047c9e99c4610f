'use strict';
// What the server refuses, and how often: rate limits, unknown recipients, groups that cannot be changed, slow answers.
// A fault: { id, on, code, retryAfter, token, body, target, daemon, times, after, delay, seen }

const KINDS = {
  send: (verb, path) => verb === 'PUT' && path.startsWith('/v1/messages/'),
  many: (verb, path) => verb === 'PUT' && path === '/v1/messages/multi_recipient',
  group: (verb, path) => ['PUT', 'PATCH'].includes(verb) && /\/v[12]\/groups/.test(path),
  groups: (verb, path) => verb === 'GET' && /\/v[12]\/groups/.test(path),
  profile: (verb, path) => verb === 'GET' && path.startsWith('/v1/profile/'),
  keys: (verb, path) => verb === 'GET' && path.startsWith('/v2/keys'),
  attachment: (verb, path) => path.startsWith('/cdn') || path.startsWith('/attachments') || path.startsWith('/v4/attachments'),
  any: () => true,
};

class Faults {
  list = [];
  last = 0;

  add(fault) {
    if (!KINDS[fault.on || 'send']) throw new Error(`a fault is on one of ${Object.keys(KINDS)}`);
    const added = { on: 'send', times: Infinity, seen: 0, ...fault, id: ++this.last };
    this.list.push(added);
    return added;
  }

  clear(id) {
    this.list = this.list.filter((fault) => id !== undefined && fault.id !== id);
  }

  /** The fault of a request: by whom it is made, and for whom it is. */
  of(verb, path, daemon, targets) {
    const fault = this.list.find((each) => each.seen < each.times && KINDS[each.on](verb, path) &&
      (!each.daemon || each.daemon === daemon) && (!each.target || targets.includes(each.target)));
    if (fault) fault.seen += 1;
    return fault;
  }

  /** The answer that a fault gives, or undefined if it only takes time. */
  static answer(fault) {
    if (!fault.code) return undefined;
    const body = fault.body || (fault.code === 428 ? { token: fault.token || 'challenge-token', options: ['captcha'] } : {});
    return { status: fault.code, body, headers: fault.retryAfter === undefined ? {} : { 'Retry-After': String(fault.retryAfter) } };
  }
}

module.exports = { Faults };
