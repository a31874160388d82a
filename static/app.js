// Comforts on top of pages that work without any script: drafts, keys, menus, the offline notice.
"use strict";

const PREFIX = "qiangji:draft:";
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const quietly = (act) => { try { return act(); } catch { return null; } }; // storage may be full or forbidden

// ── drafts: what was typed survives a lost connection; forms carry data-draft="account/item" ──────────

const typed = (form) => [...form.elements].filter(
  (e) => e.name && !["hidden", "submit", "button", "file", "password"].includes(e.type));
const key = (form) => PREFIX + form.dataset.draft;
const forget = (form) => quietly(() => localStorage.removeItem(key(form)));
const dirty = (form) => typed(form).some((e) => "defaultValue" in e && e.value !== e.defaultValue);

function keep(form) {
  const values = Object.fromEntries(typed(form).map((e) => [e.name, e.value]));
  quietly(() => localStorage.setItem(key(form), JSON.stringify({ version: form.elements.expected_version?.value, values })));
}

function restore(form) {
  if (dirty(form)) return;
  const draft = quietly(() => JSON.parse(localStorage.getItem(key(form))));
  if (!draft) return;
  const lost = typed(form).filter((e) => e.name in draft.values && e.value !== draft.values[e.name]);
  if (!lost.length) return forget(form);
  for (const e of lost) e.value = draft.values[e.name];
  // The version the draft was made from, so that a change made meanwhile is not overwritten unseen.
  if (form.elements.expected_version) form.elements.expected_version.value = draft.version;
  for (const note of all(".draft-note", form)) note.hidden = false;
}

addEventListener("input", ({ target }) => target.form?.dataset.draft && keep(target.form));
addEventListener("submit", ({ target }) => {
  if ("signOut" in target.dataset) quietly(() => {
    Object.keys(localStorage).filter((k) => k.startsWith(PREFIX)).forEach((k) => localStorage.removeItem(k));
  });
});

// ── answers of the server ────────────────────────────────────────────────────────────────────────────

const reached = (yes) => all("#offline").forEach((notice) => { notice.hidden = yes; });
const shownAgain = (status) => status === 409 || status === 422; // the answer holds what was typed
const done = ({ response, hx }) => response.status < 400 && !hx?.redirect; // a redirect asks to sign in: keep the draft
const sent = (form, body) => typed(form).every((e) => body?.get(e.name)?.replaceAll("\r\n", "\n") === e.value);

// A save that waited for the one before it is made from the version which that one left.
addEventListener("htmx:before:request", ({ detail: { ctx: { request } } }) => {
  const version = request.form?.elements.expected_version;
  if (version && request.body && !request.body.has("over")) request.body.set("expected_version", version.value);
});

addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  reached(true);
  const { form } = ctx.request;
  if (form?.dataset.draft && (done(ctx) || shownAgain(ctx.response.status))) forget(form);
});
addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const { form, body } = ctx.request ?? {}, draft = form?.dataset.draft;
  if (draft && shownAgain(ctx.response?.status)) all("form[data-draft]").filter((f) => f.dataset.draft === draft).forEach(keep);
  if (draft && form.isConnected && done(ctx) && !sent(form, body)) keep(form); // more was typed while it was on its way
  all("form[data-draft]").forEach(restore);
});
addEventListener("htmx:error", ({ detail: { ctx } }) => { if (ctx) reached(false); });
addEventListener("offline", () => reached(false));
addEventListener("online", () => {
  reached(true);
  all("form[data-draft][data-hx-trigger]").filter(dirty).forEach((f) => f.dispatchEvent(new Event("input")));
});

// ── keys: ↓ ↑ j k among the items, Alt+↓ ↑ from inside one, Ctrl+S saves, Ctrl+Enter submits ───────────

function step(item, by) {
  const items = all(".item > summary");
  const next = items[items.indexOf(item) + by];
  next?.focus();
  return next;
}

function press(form, which) {
  const buttons = form ? all("button[type=submit]", form) : [];
  const button = buttons.find((b) => b.dataset.key === which) ?? (which === "submit" && buttons.length === 1 && buttons[0]);
  if (button) button.click();
  return button;
}

function move(cell, key) {
  const [across, down] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key] ?? [];
  if (across === undefined) return null;
  const row = cell.closest("tr"), rows = all("tr:has(td > a)", row.closest("tbody").parentNode);
  const target = rows[rows.indexOf(row) + down]?.cells[cell.closest("td").cellIndex + across]?.querySelector("a");
  target?.focus();
  return target;
}

addEventListener("keydown", (event) => {
  const { target, key } = event, ctrl = event.ctrlKey || event.metaKey, by = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[key];
  const act = () => {
    if (key === "Escape") return closeMenus();
    if (ctrl && key === "Enter") return press(target.closest("form"), "submit");
    if (ctrl && key === "s") return press(target.closest("form"), "save");
    if (ctrl) return null;
    if (by && event.altKey && target.closest(".item")) {
      const next = step(target.closest(".item").firstElementChild, by);
      if (next) next.parentNode.open = true;
      return next;
    }
    if (by && target.matches(".item > summary")) return step(target, by);
    return target.matches(".matrix td > a") ? move(target, key) : null;
  };
  if (act()) event.preventDefault();
});

// ── menus, links to an item, printing ────────────────────────────────────────────────────────────────

function closeMenus(but = null) {
  const open = all("details.menu[open]").filter((menu) => menu !== but);
  for (const menu of open) {
    if (menu.contains(document.activeElement)) menu.firstElementChild.focus();
    menu.open = false;
  }
  return open.length;
}

function openTarget() {
  const item = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!item?.matches("details.item")) return;
  item.open = true;
  item.firstElementChild.focus();
}

addEventListener("click", ({ target }) => {
  closeMenus(target.closest("details.menu"));
  if (target.closest("[data-forget]")) forget(target.closest("form"));
  if (target.closest("[data-print]")) print();
});
addEventListener("hashchange", openTarget);

all("[data-print]").forEach((button) => { button.hidden = false; });
all("form[data-draft]").forEach(restore);
reached(navigator.onLine);
openTarget();
