// The page of the pretend town: shows what the server tells, says what people do.
// All words are in words.json, all looks in page.css; text of people and bot only ever becomes text nodes.

const BOT = "tocsin";
/** Longer words of the bot that are no alert (its introduction) show their beginning until somebody asks for the rest. */
const LONG = 220;
const REACTIONS = ["👀", "➕", "✅", "❌", "❓"];
const HANDLE = "[ACDEFJKMQRTUVWXYZ][1-9]{1,2}";
const MARK = "^(?:[⚠✅☑]\\uFE0F?\\s*)?";
const COMMAND = new RegExp(`\\b((?:ok|no|clear|new|old|going) ${HANDLE})\\b`, "g");

const byId = (id) => document.getElementById(id);
const narrow = matchMedia("(max-width: 719px)");

let words = {};
let signs = [];
let cards = [];
let language = "en";
let town = null;
let me = null;
let active = null;
const panels = new Map();
const unread = new Map();
const unfolded = new Set();
const tour = { from: Number(recall("tour-from") ?? 0), closed: recall("tour-closed") === "yes" };

// ---- small tools ----

function recall(key) {
  try {
    return sessionStorage.getItem(`tocsin-${key}`);
  } catch {
    return null;
  }
}

function remember(key, value) {
  try {
    sessionStorage.setItem(`tocsin-${key}`, value);
  } catch {
    // A browser that keeps nothing only forgets who you were.
  }
}

function t(key, values = {}) {
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("i");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** Text with **strong** parts. */
function marked(text) {
  return text.split("**").map((part, n) => (n % 2 ? el("strong", {}, part) : part));
}

function list(names) {
  return new Intl.ListFormat(language, { type: "conjunction" }).format(names);
}

function clock(at) {
  const form = { hour: "numeric", minute: "2-digit" };
  try {
    return new Intl.DateTimeFormat(language, { ...form, timeZone: town.timezone }).format(at);
  } catch {
    return new Intl.DateTimeFormat(language, form).format(at);
  }
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const plain = (message) => message.spans.map(([text]) => text).join("");

function announce(text) {
  const box = byId("announcer");
  box.append(el("p", {}, text));
  while (box.childElementCount > 5) box.firstElementChild.remove();
}

// ---- the town ----

const direct = (who) => `@${who}`;
const everybody = () => [...town.people, ...town.phones];
const isPhone = (who) => town.phones.some((phone) => phone.id === who);

function nameOf(who) {
  if (who === null || who === BOT) return t("bot");
  return everybody().find((person) => person.id === who)?.name ?? who;
}

function threadName(thread) {
  const room = town.rooms.find((known) => known.id === thread);
  if (room) return room.name;
  const who = thread.slice(1);
  return isPhone(who) ? nameOf(who) : t("direct_of", { name: nameOf(who) });
}

function membersOf(thread) {
  const room = town.rooms.find((known) => known.id === thread);
  return room ? room.members : [thread.slice(1)];
}

const isIn = (thread) => membersOf(thread).includes(me);
const threadOf = (sample) => (sample.where === BOT ? direct(sample.who) : sample.where);

function find(thread, id) {
  return town.threads[thread].find((message) => message.id === id);
}

/** What a message of the bot is about, read from its words: { sign, card, handle }. */
function reading(message, thread) {
  const none = { sign: null, card: null, handle: null };
  if (message.who !== null || message.redacted) return none;
  const text = plain(message);
  const [first, strong] = message.spans[0] ?? ["", false];
  if (strong && new RegExp(`^${HANDLE}$`).test(first)) {
    const card = cards.find(([, form]) => form.test(text))?.[0] ?? null;
    const sign = {
      unverified: "unconfirmed", corroborated: "unconfirmed", stale: "unconfirmed",
      confirmed: "confirmed", cleared: "over", merged: "over", dismissed: "checked",
    }[card];
    const purpose = town.rooms.find((room) => room.id === thread)?.purpose;
    if (card && purpose === "verifiers") return { sign, card, handle: first };
  }
  const sign = signs.find(([, form]) => form.test(text))?.[0] ?? null;
  const handle = sign ? (text.match(new RegExp(`\\b${HANDLE}\\b`, "g"))?.pop() ?? null) : null;
  return { sign, card: null, handle };
}

const isOpen = (card) => !["cleared", "dismissed", "merged"].includes(card.card);

/** The verifiers' cards, oldest first. */
function allCards() {
  return town.rooms
    .filter((room) => room.purpose === "verifiers")
    .flatMap((room) => town.threads[room.id].map((message) => ({ ...reading(message, room.id), at: message.at })))
    .filter((read) => read.card)
    .sort((a, b) => a.at - b.at);
}

/** Where an incident was heard of, besides the verifiers' room. */
function heardIn(card) {
  const threads = [...town.rooms.map((room) => room.id), ...town.phones.map((phone) => direct(phone.id))];
  return threads.filter((thread) =>
    town.threads[thread].some((message) => {
      const read = reading(message, thread);
      return message.at >= card.at - 60_000 && read.sign && !read.card && read.handle === card.handle;
    }),
  );
}

function newestOpenHandle() {
  return allCards().findLast(isOpen)?.handle ?? null;
}

// ---- talking to the server ----

async function post(what, body) {
  let answer;
  try {
    answer = await fetch(`/playground/${what}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Error(t("error_offline"));
  }
  if (answer.ok) return;
  const code = (await answer.json().catch(() => ({}))).error;
  throw new Error(words[`error_${code}`] ?? t("error"));
}

function connect() {
  const source = new EventSource("/playground/events");
  const say = (key) => {
    byId("link").textContent = t(key);
    byId("link").dataset.state = key;
  };
  if (!town) say("connecting");
  source.addEventListener("open", () => say("connected"));
  source.addEventListener("state", (event) => {
    say("connected");
    open(JSON.parse(event.data));
  });
  source.addEventListener("change", (event) => change(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    say("lost");
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
  });
}

// ---- building the board ----

function open(state) {
  const drafts = new Map([...panels].map(([thread, panel]) => [thread, panel.field.value]));
  town = state;
  byId("title").textContent = t("tagline", { title: town.title });
  if (!everybody().some((person) => person.id === me)) {
    me = recall("me");
    if (!everybody().some((person) => person.id === me)) me = everybody()[0].id;
  }
  for (const box of ["rooms", "desk", "directs", "phones"]) byId(box).replaceChildren();
  panels.clear();
  const front = ["response", "info", "city", "aid", "shifts", "planning"];
  for (const room of town.rooms) {
    buildPanel(room.id, room.purpose, byId(front.includes(room.purpose) ? "rooms" : "desk"));
  }
  for (const person of town.people) buildPanel(direct(person.id), "direct", byId("directs"));
  for (const phone of town.phones) buildPanel(direct(phone.id), "phone", byId("phones"));
  for (const [thread, text] of drafts) if (panels.has(thread)) fill(thread, text);
  if (!panels.has(active)) active = town.rooms.find((room) => room.members.includes(me))?.id ?? direct(me);
  for (const thread of panels.keys()) {
    for (const message of town.threads[thread]) showMessage(thread, message);
    toEnd(thread);
  }
  buildSamples();
  become(me, { quiet: true });
  document.body.dataset.ready = "yes";
}

function iconFor(purpose) {
  return ["response", "verifiers", "moderators", "direct", "phone"].includes(purpose) ? purpose : "room";
}

function buildPanel(thread, purpose, box) {
  const who = thread.startsWith("@") ? thread.slice(1) : null;
  const name = threadName(thread);
  const nameId = `name-${panels.size}`;
  const about = { direct: t("direct_about"), phone: who }[purpose];
  const messages = el("ol", {
    class: "messages", "aria-label": t("messages_in", { where: name }),
    onkeydown: walk, onfocusin: offer, onpointerover: offer,
  });
  const panel = {
    thread, purpose, messages, context: null,
    empty: el("p", { class: "empty" }, t(
      { verifiers: "verifiers_empty", moderators: "moderators_empty", direct: "direct_empty", phone: "phone_empty" }[purpose]
        ?? "room_empty", { name: who && nameOf(who) })),
    ...buildCompose(thread),
  };
  const head = el("header", { class: "panel-head" },
    el("span", { class: "glyph" }, icon(iconFor(purpose))),
    el("div", { class: "panel-name" }, el("h2", { id: nameId }, name), about ? el("p", {}, about) : null),
    who ? null : faces(membersOf(thread)));
  panel.scroller = el("div", { class: "scroller" }, panel.empty, messages);
  panel.atEnd = true;
  panel.scroller.addEventListener("scroll", ({ target }) => {
    panel.atEnd = target.scrollHeight - target.scrollTop - target.clientHeight < 60;
  });
  staysAtEnd.observe(panel.scroller);
  const screen = [head, panel.scroller, panel.form, panel.away];
  panel.section = el("section", { class: `panel ${purpose}`, "aria-labelledby": nameId, "data-thread": thread },
    ...(purpose === "phone" ? [el("div", { class: "device" }, el("div", { class: "screen" }, ...screen))] : screen));
  box.append(panel.section);
  panels.set(thread, panel);
}

function tone(who) {
  const n = everybody().findIndex((person) => person.id === who);
  return `tone-${Math.max(n, 0) % 8}`;
}

function face(who) {
  if (who === null) return el("span", { class: "face bot", "aria-hidden": "true" }, icon("bell"));
  return el("span", { class: `face ${tone(who)}`, "aria-hidden": "true" }, nameOf(who).slice(0, 1));
}

function faces(members) {
  const names = t("members", { names: list(members.map(nameOf)) });
  return el("div", { class: "faces", role: "img", "aria-label": names, title: names }, ...members.slice(0, 5).map(face));
}

function buildCompose(thread) {
  const field = el("textarea", {
    rows: "1", maxlength: "4000", enterkeyhint: "send", autocomplete: "off",
    oninput: () => grow(field),
    onkeydown: (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        form.requestSubmit();
      } else if (event.key === "Escape" && panels.get(thread).context) {
        setContext(thread, null);
      }
    },
  });
  const contextText = el("span");
  const context = el("div", { class: "context", hidden: true }, contextText,
    el("button", { type: "button", class: "icon", "aria-label": t("cancel"), title: t("cancel"),
      onclick: () => setContext(thread, null) }, icon("close")));
  const trouble = el("p", { class: "trouble", role: "alert" });
  const send = el("button", { class: "send", "aria-label": t("send"), title: t("send") }, icon("send"));
  const form = el("form", {
    class: "compose",
    onsubmit: (event) => {
      event.preventDefault();
      submit(thread);
    },
  }, context, el("div", { class: "line" }, field, send), trouble);
  const away = el("div", { class: "away" });
  return { form, field, contextBox: context, contextText, trouble, send, away };
}

function grow(field) {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight + 2, 160)}px`;
}

function fill(thread, text) {
  const { field } = panels.get(thread);
  field.value = text;
  grow(field);
}

// ---- messages ----

function showMessage(thread, message) {
  const panel = panels.get(thread);
  const old = panel.messages.querySelector(`[data-id="${CSS.escape(message.id)}"]`);
  const node = messageNode(thread, message);
  if (old) {
    const focused = old.contains(document.activeElement);
    node.tabIndex = old.tabIndex;
    old.replaceWith(node);
    if (focused) node.focus();
  } else {
    for (const before of panel.messages.children) before.tabIndex = -1;
    node.tabIndex = 0;
    panel.messages.append(node);
    while (panel.messages.childElementCount > town.kept) panel.messages.firstElementChild.remove();
  }
  panel.empty.hidden = true;
  return node;
}

function messageNode(thread, message) {
  const read = reading(message, thread);
  const own = message.who !== null && message.who === me;
  const node = el("li", {
    class: ["message", message.who === null ? "from-bot" : "from-person", own ? "own" : "",
      read.sign ? `sign-${read.sign}` : "", read.card ? "card" : "", message.redacted ? "redacted" : ""].join(" "),
    "data-id": message.id, tabindex: "-1",
  });
  const head = el("p", { class: "message-head" },
    el("strong", { class: "who" }, nameOf(message.who)),
    message.who === null ? el("span", { class: "bot-mark" }, t("bot_mark")) : null,
    el("time", { datetime: new Date(message.at).toISOString() }, clock(message.at)),
    message.edited && !message.redacted ? el("span", { class: "edited" }, t("edited")) : null,
    message.who === null || message.redacted ? null : tick(message));
  const body = el("div", { class: "body" }, head);
  if (message.reply_to && !message.redacted) body.append(quote(thread, message.reply_to));
  body.append(message.redacted ? el("p", { class: "text" }, t("redacted")) : textNode(thread, message));
  if (message.who === null && !read.sign && plain(message).length > LONG && !isPhone(thread.slice(1))) {
    body.append(foldButton(node, message.id));
  }
  if (message.reactions.length) body.append(reactionsNode(message));
  node.append(face(message.who), body);
  return node;
}

function foldButton(node, id) {
  const show = () => {
    const open = unfolded.has(id);
    node.classList.toggle("folded", !open);
    button.textContent = t(open ? "fold" : "unfold");
    button.setAttribute("aria-expanded", String(open));
  };
  const button = el("button", {
    type: "button", class: "fold", tabindex: "-1",
    onclick: () => {
      if (!unfolded.delete(id)) unfolded.add(id);
      show();
    },
  });
  show();
  return button;
}

function tick(message) {
  const meaning = t(message.taken ? "taken" : "waiting");
  return el("span", { class: `tick ${message.taken ? "taken" : ""}`, role: "img", "aria-label": meaning, title: meaning },
    message.taken ? "✓" : "…");
}

function quote(thread, id) {
  const answered = find(thread, id);
  const text = answered && !answered.redacted ? plain(answered) : t("gone");
  return el("button", {
    type: "button", class: "quote", tabindex: "-1",
    onclick: () => focusMessage(thread, id),
  }, el("b", {}, answered ? nameOf(answered.who) : ""), ` ${text.length > 90 ? `${text.slice(0, 90)}…` : text}`);
}

/** The words; commands that the bot names (`ok K7`) become buttons that write them. */
function textNode(thread, message) {
  const node = el("p", { class: "text" });
  for (const [text, strong] of message.spans) {
    if (strong) {
      node.append(el("strong", {}, text));
    } else if (message.who === null && !isPhone(thread.slice(1))) {
      text.split(COMMAND).forEach((part, n) => node.append(n % 2 ? command(thread, part) : part));
    } else {
      node.append(text);
    }
  }
  return node;
}

function command(thread, text) {
  return el("button", {
    type: "button", class: "command", tabindex: "-1", title: t("use_command", { text }),
    onclick: () => write(isIn(thread) ? me : membersOf(thread)[0], thread, text),
  }, text);
}

function reactionsNode(message) {
  return el("ul", { class: "reactions" }, ...message.reactions.map(({ key, by }) => {
    const label = t("reaction", { key, names: list(by.map(nameOf)) });
    return el("li", { class: by.includes(BOT) ? "by-bot" : "", title: label },
      el("span", { "aria-hidden": "true" }, by.length > 1 ? `${key} ${by.length}` : key),
      el("span", { class: "unseen" }, label));
  }));
}

function focusMessage(thread, id) {
  const node = panels.get(thread).messages.querySelector(`[data-id="${CSS.escape(id)}"]`);
  if (node) visit(node);
}

/** Makes a message the one that the Tab key reaches, and goes there. */
function visit(node) {
  for (const other of node.parentElement.children) other.tabIndex = -1;
  node.tabIndex = 0;
  node.focus();
}

function walk(event) {
  const node = event.target;
  if (!node.classList.contains("message")) {
    if (event.key === "Escape") node.closest(".message")?.focus();
    return;
  }
  const all = [...node.parentElement.children];
  const at = all.indexOf(node);
  const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: all.length - 1 }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    if (all[to]) visit(all[to]);
  }
}

// Two toolbars for the whole page: one follows the pointer, one the keyboard.
const toolbars = {};

function offer(event) {
  const node = event.target.closest?.(".message");
  if (!node || node.querySelector(".tools")) return;
  const { thread } = node.closest(".panel").dataset;
  const message = find(thread, node.dataset.id);
  const way = event.type === "focusin" ? "keys" : "pointer";
  for (const other of node.parentElement.querySelectorAll(".command, .quote, .fold")) {
    other.tabIndex = node.contains(other) ? 0 : -1;
  }
  if (!message || message.redacted || !isIn(thread) || isPhone(me)) return;
  toolbars[way]?.remove();
  toolbars[way] = tools(thread, message);
  node.append(toolbars[way]);
}

function tools(thread, message) {
  const { id } = message;
  const button = (label, content, onclick) =>
    el("button", { type: "button", "aria-label": label, title: label, onclick }, content);
  const act = (what, body) => attempt(thread, () => post(what, { who: me, message: id, ...body }));
  const bar = el("div", { class: "tools", role: "group", "aria-label": t("actions") },
    ...REACTIONS.map((key) =>
      button(t("react", { key, meaning: t(`mean_${key}`) }), key, () => act("react", { key }))),
    button(t("reply"), icon("reply"), () => setContext(thread, { kind: "reply", message })));
  if (message.who === me) {
    bar.append(
      button(t("edit"), icon("edit"), () => setContext(thread, { kind: "edit", message })),
      button(t("take_back"), icon("back"), () => act("redact", {})));
  }
  return bar;
}

// ---- writing ----

function setContext(thread, context) {
  const panel = panels.get(thread);
  const wasEdit = panel.context?.kind === "edit";
  panel.context = context;
  panel.contextBox.hidden = !context;
  const label = t(context?.kind === "edit" ? "save" : "send");
  panel.send.setAttribute("aria-label", label);
  panel.send.title = label;
  if (context?.kind === "edit") {
    panel.contextText.textContent = t("editing");
    fill(thread, plain(context.message));
  } else if (wasEdit) {
    fill(thread, "");
  }
  if (context?.kind === "reply") {
    panel.contextText.textContent = t("replying", { who: nameOf(context.message.who), text: plain(context.message) });
  }
  if (context) panel.field.focus();
}

async function attempt(thread, deed) {
  const { trouble } = panels.get(thread);
  trouble.textContent = "";
  try {
    await deed();
    return true;
  } catch (error) {
    trouble.textContent = error.message;
    return false;
  }
}

async function submit(thread) {
  const panel = panels.get(thread);
  const text = panel.field.value;
  const { context } = panel;
  if (!text.trim()) {
    panel.trouble.textContent = t("error_empty");
    return;
  }
  const where = thread.startsWith("@") ? BOT : thread;
  const deed = context?.kind === "edit"
    ? () => post("edit", { who: me, message: context.message.id, text })
    : () => post("say", { who: me, where, text, reply_to: context?.message.id });
  fill(thread, "");
  if (await attempt(thread, deed)) {
    if (panel.context === context) setContext(thread, null);
  } else if (!panel.field.value) {
    fill(thread, text);
  }
}

/** Writes something in the right place as the right person, ready to be sent. */
function write(who, thread, text) {
  if (who !== me) become(who);
  show(thread);
  setContext(thread, null);
  fill(thread, text);
  panels.get(thread).field.focus();
  announce(t("sample_filled", { who: nameOf(who) }));
}

// ---- who you are, and what you look at ----

function become(who, { quiet = false } = {}) {
  const before = me;
  me = who;
  remember("me", who);
  for (const [thread, panel] of panels) {
    if (before !== who && panel.context) setContext(thread, null);
    setPlace(thread, panel);
  }
  for (const toolbar of Object.values(toolbars)) toolbar.remove();
  for (const [thread, panel] of panels) {
    for (const message of town.threads[thread]) {
      if (message.who === who || message.who === before) showMessage(thread, message);
    }
    if (panel.atEnd) toEnd(thread);
    panel.section.hidden = panel.purpose === "direct" && thread !== direct(lastNamed());
  }
  if (panels.get(active)?.section.hidden) active = direct(lastNamed());
  show(active);
  if (!quiet) announce(t("became", { name: nameOf(who) }));
}

/** Whose direct messages are shown: yours, or those of whom you were before you picked up a phone. */
function lastNamed() {
  if (!isPhone(me)) {
    remember("named", me);
    return me;
  }
  const before = recall("named");
  return town.people.some((person) => person.id === before) ? before : town.people[0].id;
}

function setPlace(thread, panel) {
  const inside = isIn(thread);
  panel.form.hidden = !inside;
  panel.away.hidden = inside;
  panel.section.classList.toggle("is-away", !inside);
  if (inside) {
    const values = { where: threadName(thread), who: nameOf(me) };
    panel.field.setAttribute("aria-label", t("compose", values));
    panel.field.placeholder = t(panel.purpose === "phone" ? "compose_phone" : "compose_hint", values);
    return;
  }
  const members = membersOf(thread);
  const names = list(members.map(nameOf));
  const key = panel.purpose === "direct" ? "away_direct" : (["away_nobody", "away_one"][members.length] ?? "away_many");
  panel.away.replaceChildren();
  if (panel.purpose !== "phone") panel.away.append(el("span", {}, t(key, { names })));
  if (members.length) {
    panel.away.append(el("button", {
      type: "button",
      onclick: () => {
        become(members[0]);
        show(thread);
        panel.field.focus();
      },
    }, t(panel.purpose === "phone" ? "pick_up" : "become", { name: nameOf(members[0]) })));
  }
}

function show(thread) {
  active = thread;
  for (const [known, panel] of panels) panel.section.classList.toggle("active", known === thread);
  read();
  if (narrow.matches) toEnd(thread);
  buildTabs();
}

function read() {
  if (document.hidden) return;
  for (const thread of [...unread.keys()]) if (isVisible(thread)) unread.delete(thread);
  buildPicker();
  const count = [...unread.values()].reduce((sum, n) => sum + n, 0);
  document.title = count ? `(${count}) tocsin` : "tocsin";
}

function isVisible(thread) {
  if (document.hidden || panels.get(thread)?.section.hidden) return false;
  return !narrow.matches || thread === active;
}

function toEnd(thread) {
  const panel = panels.get(thread);
  panel.atEnd = true;
  panel.scroller.scrollTop = panel.scroller.scrollHeight;
}

/** Whoever reads the newest message goes on doing so when the window or the writing box changes size. */
const staysAtEnd = new ResizeObserver((changed) => {
  for (const { target } of changed) {
    const panel = panels.get(target.closest(".panel").dataset.thread);
    if (panel?.scroller === target && panel.atEnd) toEnd(panel.thread);
  }
});

function buildPicker() {
  const select = byId("you");
  const options = everybody().map((person) => {
    const role = t(isPhone(person.id) ? "phone" : person.role);
    const count = unread.get(direct(person.id));
    const text = t(count ? "person_news" : "person", { name: person.name, role, count });
    return el("option", { value: person.id, selected: person.id === me }, text);
  });
  select.replaceChildren(...options);
  select.value = me;
}

function buildTabs() {
  const tabs = [...panels.values()].filter((panel) => !panel.section.hidden).map((panel) => {
    const { thread, purpose } = panel;
    const count = unread.get(thread);
    const where = threadName(thread);
    return el("button", {
      type: "button", "aria-current": thread === active ? "page" : null, "data-thread": thread,
      "aria-label": count ? t("tab_unread", { where, count }) : where,
      onclick: () => {
        show(thread);
        byId("tabs").querySelector("[aria-current]")?.focus();
      },
    }, icon(iconFor(purpose)), el("span", { class: "tab-name" }, purpose === "direct" ? nameOf(thread.slice(1)) : where),
    count ? el("span", { class: "count" }, String(count)) : null);
  });
  const bar = byId("tabs");
  bar.replaceChildren(...tabs);
  const current = bar.querySelector("[aria-current]");
  if (current && narrow.matches) {
    bar.scrollLeft = current.offsetLeft - (bar.clientWidth - current.offsetWidth) / 2;
  }
}

// ---- what happens ----

function change({ thread, message }) {
  const messages = town.threads[thread];
  const at = messages.findIndex((known) => known.id === message.id);
  const panel = panels.get(thread);
  const { atEnd } = panel;
  const before = at < 0 ? null : messages[at];
  if (before) {
    messages[at] = message;
  } else {
    messages.push(message);
    if (messages.length > town.kept) messages.shift();
  }
  const node = showMessage(thread, message);
  if (atEnd || message.who === me) toEnd(thread);
  const saysNew = !before || plain(before) !== plain(message);
  if (saysNew && message.who === null && !message.redacted) {
    announce(t("new_in", { where: threadName(thread), text: plain(message) }));
    node.classList.add("fresh");
  }
  if (!before && message.who !== me && !isVisible(thread)) {
    unread.set(thread, (unread.get(thread) ?? 0) + 1);
    buildTabs();
  }
  if (!before && message.who === null && panel.purpose === "phone") buzz(thread);
  read();
  refreshSamples();
  showTour();
}

function buzz(thread) {
  const { section } = panels.get(thread);
  const tab = byId("tabs").querySelector(`[data-thread="${CSS.escape(thread)}"]`);
  for (const node of [section, tab]) {
    if (!node) continue;
    node.classList.remove("buzz");
    void node.offsetWidth;
    node.classList.add("buzz");
    setTimeout(() => node.classList.remove("buzz"), 1600);
  }
}

// ---- samples and tour ----

function buildSamples() {
  byId("samples").replaceChildren(...town.samples.map((sample, n) => {
    const button = el("button", { type: "button", class: "sample", lang: sample.language, onclick: () => useSample(sample) },
      face(sample.who), el("span", { class: "sample-label" }), el("span", { class: "unseen" }));
    sample.button = button;
    button.dataset.sample = n;
    return el("li", {}, button);
  }));
  refreshSamples();
  showTour();
}

function sampleText(sample, handle = newestOpenHandle()) {
  const needs = sample.text.includes("{id}");
  return { ready: !needs || handle !== null, text: sample.text.replaceAll("{id}", handle ?? "…") };
}

function refreshSamples() {
  for (const sample of town.samples) {
    const { ready, text } = sampleText(sample);
    const about = ready
      ? t("sample_hint", { who: nameOf(sample.who), where: threadName(threadOf(sample)), about: sample.about })
      : t("sample_waits", { about: sample.about });
    sample.button.setAttribute("aria-disabled", String(!ready));
    sample.button.title = ready ? `${about}\n${text}` : about;
    sample.button.querySelector(".sample-label").textContent = sample.label;
    sample.button.querySelector(".unseen").textContent = ` (${about})`;
  }
}

function useSample(sample, handle) {
  const { ready, text } = sampleText(sample, handle);
  if (ready) write(sample.who, threadOf(sample), text);
  else announce(t("sample_waits", { about: sample.about }));
}

/** Where the tour stands, from what has happened: it follows one incident to its end. */
function tourState() {
  const card = allCards().find((known) => known.at > tour.from || isOpen(known));
  const step = {
    undefined: "report", unverified: "check", corroborated: "check", stale: "check",
    confirmed: "clear", cleared: "done", merged: "done", dismissed: "checked",
  }[card?.card];
  return { step, card };
}

function showTour() {
  const steps = ["report", "check", "clear"];
  const samples = steps.map((story) => town.samples.find((sample) => sample.story === story));
  const complete = samples.every(Boolean);
  byId("tour").hidden = !complete || tour.closed;
  byId("tour-again").hidden = !complete || !tour.closed;
  if (!complete || tour.closed) return;
  const { step, card } = tourState();
  const at = steps.includes(step) ? steps.indexOf(step) : steps.length;
  byId("steps").replaceChildren(...steps.map((name, n) => el("li", {
    class: n < at ? "done" : n === at ? "now" : "later", "aria-current": n === at ? "step" : null,
  }, el("span", { class: "n", "aria-hidden": "true" }, n < at ? icon("done") : String(n + 1)), t(`step_${name}`),
  n < at ? el("span", { class: "unseen" }, ` (${t("step_done")})`) : null)));
  const sample = samples[at];
  const rooms = card ? heardIn(card).map(threadName) : [];
  const heard = rooms.length ? t("heard", { names: list(rooms) }) : t("heard_nowhere");
  const now = t(`tour_${step}`, {
    id: card?.handle, heard,
    who: sample && nameOf(sample.who), where: sample && threadName(threadOf(sample)), text: sample && sampleText(sample, card?.handle).text,
  });
  if (byId("tour-now").dataset.now !== now) {
    byId("tour-now").dataset.now = now;
    byId("tour-now").replaceChildren(...marked(now));
  }
  byId("tour").dataset.step = step;
  byId("tour-do").textContent = sample ? t("tour_write", { who: nameOf(sample.who) }) : t("tour_again");
  byId("tour-do").onclick = () => {
    if (sample) {
      useSample(sample, card?.handle);
      return;
    }
    tour.from = Math.max(...allCards().map((known) => known.at));
    remember("tour-from", String(tour.from));
    showTour();
  };
}

function closeTour(closed) {
  tour.closed = closed;
  remember("tour-closed", closed ? "yes" : "no");
  showTour();
  byId(closed ? "tour-again" : "tour-do").focus();
}

// ---- start ----

function chooseLanguage(known) {
  const asked = new URLSearchParams(location.search).get("lang") ?? navigator.language.slice(0, 2);
  language = known[asked] && asked !== "signs" && asked !== "cards" ? asked : "en";
  words = { ...known.en, ...known[language] };
  document.documentElement.lang = language;
  const other = language === "en" ? "es" : "en";
  Object.assign(byId("language"), { href: `?lang=${other}`, lang: other, hreflang: other, textContent: known[other].language });
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = t(node.dataset.word);
  byId("tour-close").setAttribute("aria-label", t("tour_close"));
  byId("tour-close").title = t("tour_close");
  byId("tabs").setAttribute("aria-label", t("rooms"));
}

function readSigns(known) {
  const form = (start, list, end) => new RegExp(`${start}(?:${list.map(escaped).join("|")})${end}`, "u");
  signs = Object.entries(known.signs).map(([sign, list]) =>
    [sign, form(sign === "over" || sign === "checked" ? `${MARK}${HANDLE} ` : MARK, list, "(?![\\p{L}])")]);
  cards = Object.entries(known.cards).map(([card, list]) => [card, form(`^${HANDLE} `, list, "(?![\\p{L}])")]);
}

const known = await (await fetch("/playground/words.json")).json();
chooseLanguage(known);
readSigns(known);
byId("you").addEventListener("change", (event) => {
  const who = event.target.value;
  become(who);
  const here = isPhone(who) || unread.has(direct(who)) ? direct(who) : town.rooms.find((room) => room.members.includes(who))?.id;
  if (!isIn(active)) show(here ?? direct(who));
  byId("you").focus();
});
byId("tour-close").addEventListener("click", () => closeTour(true));
byId("tour-again").addEventListener("click", () => closeTour(false));
document.addEventListener("visibilitychange", () => town && show(active));
narrow.addEventListener("change", () => town && show(active));
connect();
