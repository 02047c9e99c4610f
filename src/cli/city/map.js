"use strict";
// Moves over the map by wheel, fingers, buttons and keys; keeps names from covering each other. Without it the whole
// city is shown, with every name.
const map = document.getElementById("map"), said = document.getElementById("said");
const [, , width, height] = map.getAttribute("viewBox").split(" ").map(Number);
let view = { x: 0, y: 0, w: width, h: height };

function show() {
  view.w = Math.min(Math.max(view.w, 200), width * 1.5);
  view.h = view.w * height / width;
  map.setAttribute("viewBox", `${view.x} ${view.y} ${view.w} ${view.h}`);
  const box = map.getBoundingClientRect();
  map.style.setProperty("--m", Math.max(view.w / box.width, view.h / box.height));
  clearTimeout(show.later);
  show.later = setTimeout(uncrowd, 60);
}

function uncrowd() {
  const kept = [];
  for (const label of map.querySelectorAll(".labels a")) {
    const r = label.firstElementChild.getBoundingClientRect();
    const covers = kept.some((k) => r.left < k.right && k.left < r.right && r.top < k.bottom && k.top < r.bottom);
    label.classList.toggle("crowded", covers);
    if (!covers) kept.push(r);
  }
}

function zoom(by, at) {
  const box = map.getBoundingClientRect();
  const m = Math.max(view.w / box.width, view.h / box.height);
  const point = at ? { x: at.x - box.left - box.width / 2, y: at.y - box.top - box.height / 2 } : { x: 0, y: 0 };
  const w = Math.min(Math.max(view.w * by, 200), width * 1.5), k = w / view.w;
  view.x += (1 - k) * (view.w / 2 + point.x * m);
  view.y += (1 - k) * (view.h / 2 + point.y * m);
  view.w = w;
  view.h *= k;
  show();
}

function move(dx, dy) {
  const box = map.getBoundingClientRect();
  const m = Math.max(view.w / box.width, view.h / box.height);
  view.x -= dx * m;
  view.y -= dy * m;
  show();
}

function goTo(id) {
  const shape = document.getElementById(id);
  if (!shape || !map.contains(shape)) return;
  for (const old of map.querySelectorAll(".meant")) old.classList.remove("meant");
  shape.classList.add("meant");
  const label = map.querySelector(`a[href="#${id}"]`);
  if (label) label.classList.add("meant");
  const r = shape.getBBox();
  const w = Math.max(r.width * 2.5, r.height * 2.5 * width / height, 900);
  view = { x: r.x + r.width / 2 - w / 2, y: r.y + r.height / 2 - w * height / width / 2, w, h: w * height / width };
  said.textContent = shape.textContent;
  show();
}

map.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoom(Math.exp(event.deltaY * 0.0015), { x: event.clientX, y: event.clientY });
}, { passive: false });

const fingers = new Map();
map.addEventListener("pointerdown", (event) => fingers.set(event.pointerId, { x: event.clientX, y: event.clientY }));
map.addEventListener("pointermove", (event) => {
  const before = fingers.get(event.pointerId);
  if (!before) return;
  const now = { x: event.clientX, y: event.clientY };
  const other = [...fingers].find(([id]) => id !== event.pointerId);
  if (other) {
    const apart = (a) => Math.hypot(a.x - other[1].x, a.y - other[1].y);
    if (apart(now) > 10) zoom(apart(before) / apart(now), { x: (now.x + other[1].x) / 2, y: (now.y + other[1].y) / 2 });
  } else {
    move(now.x - before.x, now.y - before.y);
  }
  fingers.set(event.pointerId, now);
});
for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
  map.addEventListener(end, (event) => fingers.delete(event.pointerId));
}
map.addEventListener("click", (event) => {
  const title = event.target.querySelector && event.target.querySelector("title");
  if (title) said.textContent = title.textContent;
});
map.addEventListener("focusin", (event) => {
  const label = event.target.closest("a");
  if (label) said.textContent = label.getAttribute("aria-label");
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  if (!link) return;
  event.preventDefault();
  goTo(link.getAttribute("href").slice(1));
  if (!map.contains(link)) map.scrollIntoView({ block: "center" });
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "+" || event.key === "=") zoom(0.7);
  else if (event.key === "-") zoom(1.4);
});
const [closer, farther, whole] = document.querySelectorAll("#zoom button");
closer.addEventListener("click", () => zoom(0.7));
farther.addEventListener("click", () => zoom(1.4));
whole.addEventListener("click", () => { view = { x: 0, y: 0, w: width, h: height }; show(); });
window.addEventListener("resize", show);
show();
