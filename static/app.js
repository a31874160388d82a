// Comforts on top of pages that work without any script: drafts, keys, menus, the offline notice.
"use strict";

const PREFIX = "qiangji:draft:";
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const quietly = (act) => { try { return act(); } catch { return null; } }; // storage may be full or forbidden

// ── drafts: what was typed survives a lost connection; forms carry data-draft="account/item" ──────────

const typed = (form) => [...form.elements].filter(
  (e) => e.name && !["hidden", "submit", "button", "file", "password"].includes(e.type));
const bases = (form) => [...form.elements].filter((e) => e.name === "expected_version" || e.name.startsWith("was_"));
const own = (form) => bases(form).filter((e) => form.contains(e)); // not what stands elsewhere, and is made new there
const key = (form) => PREFIX + form.dataset.draft;
const pairs = (elements) => Object.fromEntries(elements.map((e) => [e.name, e.value]));
const forget = (form) => quietly(() => localStorage.removeItem(key(form)));
const dirty = (form) => typed(form).some((e) => "defaultValue" in e && e.value !== e.defaultValue);

function keep(form) {
  const draft = { base: pairs(own(form)), values: pairs(typed(form)) };
  quietly(() => localStorage.setItem(key(form), JSON.stringify(draft)));
}

function restore(form) {
  if (dirty(form)) return;
  const draft = quietly(() => JSON.parse(localStorage.getItem(key(form))));
  if (!draft) return;
  const lost = typed(form).filter((e) => e.name in draft.values && e.value !== draft.values[e.name]);
  if (!lost.length) return forget(form);
  for (const e of lost) e.value = draft.values[e.name];
  // What the draft was made from, so that a change made meanwhile is not overwritten unseen.
  for (const e of own(form)) e.value = draft.base?.[e.name] ?? e.value;
  for (const note of all(".draft-note", form)) note.hidden = false;
  for (let fold = form.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  setTimeout(() => saveAlone(form)); // when htmx has seen the form
}

// Forms that save while somebody types do it of themselves.
const saveAlone = (form) => { if (form.isConnected && "hxTrigger" in form.dataset) form.dispatchEvent(new Event("input")); };

// A complaint is about what was typed before: in an item all go, elsewhere that of the field.
function mend(control) {
  const within = control.closest(".item, #desk article") ?? control.closest(".field");
  if (!within) return;
  const settled = (e) => !e.closest(".kept");
  all(".errors, .complaint", within).filter(settled).forEach((e) => e.remove());
  for (const e of [within, ...all(".wrong", within)]) e.classList.remove("wrong");
  for (const e of all("[aria-invalid]", within)) e.removeAttribute("aria-invalid");
}

addEventListener("input", ({ target }) => {
  if (!target.form) return;
  mend(target);
  if (target.form.dataset.draft) keep(target.form);
});

// ── signing out: drafts go when the door has closed, not when somebody has only asked for it ──────────

const LEAVING = "qiangji:leaving";

addEventListener("submit", (event) => {
  if (!("signOut" in event.target.dataset)) return;
  if (navigator.onLine) return quietly(() => sessionStorage.setItem(LEAVING, "yes"));
  event.preventDefault();
  closeMenus();
  reached(false);
});

function left() {
  const leaving = sessionStorage.getItem(LEAVING);
  sessionStorage.removeItem(LEAVING);
  if (!leaving || !document.getElementById("sign-in")) return;
  Object.keys(localStorage).filter((k) => k.startsWith(PREFIX)).forEach((k) => localStorage.removeItem(k));
}

// ── answers of the server ────────────────────────────────────────────────────────────────────────────

const reached = (yes) => all("#offline").forEach((notice) => { notice.hidden = yes; });
const failed = (yes) => all("#failed").forEach((notice) => { notice.hidden = !yes; });
const unsaved = (form, yes) => form && all(".unsaved", form).forEach((line) => { line.hidden = !yes; });
const shownAgain = (status) => status === 409 || status === 422; // the answer holds what was typed
const answered = ({ response, hx }) => !(response?.status >= 500) || Boolean(hx?.retarget); // ours name where they go
const done = ({ response, hx }) => response.status < 400 && !hx?.redirect; // a redirect asks to sign in: keep the draft
const sent = (form, body) => typed(form).every((e) => body?.get(e.name)?.replaceAll("\r\n", "\n") === e.value);

// A save that waited for the one before it is made from the version which that one left.
addEventListener("htmx:before:request", ({ detail: { ctx: { request } } }) => {
  if (!request.form || !request.body || request.body.has("over")) return;
  for (const e of bases(request.form)) request.body.set(e.name, e.value);
});

addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  const { form } = ctx.request;
  reached(true);
  failed(!answered(ctx));
  unsaved(form, ctx.response.status >= 500);
  if (form?.dataset.draft && (done(ctx) || shownAgain(ctx.response.status))) forget(form);
});
// An error page of whatever stands before the server must not replace what somebody is typing.
addEventListener("htmx:before:swap", (event) => { if (!answered(event.detail.ctx)) event.preventDefault(); });
addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const { form, body } = ctx.request ?? {}, draft = form?.dataset.draft;
  if (draft && shownAgain(ctx.response?.status)) all("form[data-draft]").filter((f) => f.dataset.draft === draft).forEach(keep);
  if (draft && form.isConnected && done(ctx) && !sent(form, body)) keep(form); // more was typed while it was on its way
  all("form[data-draft]").filter((f) => f.dataset.draft !== draft).forEach(restore);
});
// Handed in: the next item opens, ready to be written.
addEventListener("htmx:after:swap", () => {
  const onward = document.querySelector("[data-onward]");
  const next = onward && document.getElementById(onward.hash.slice(1));
  if (!next) return;
  onward.removeAttribute("data-onward");
  next.open = true;
  const first = next.querySelector("form [name=done_on], form [name=remark]") ?? next.firstElementChild;
  setTimeout(() => { next.scrollIntoView({ block: "start" }); first.focus({ preventScroll: true }); });
});
addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (!ctx) return;
  reached(false);
  unsaved(ctx.request?.form, true);
});
addEventListener("offline", () => reached(false));
addEventListener("online", () => {
  reached(true);
  all("form[data-draft]").filter(dirty).forEach(saveAlone);
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
  const row = cell.closest("tr"), rows = all("tr:has(> th[scope=row]):has(> td > a)", row.closest("table"));
  if (!rows.includes(row)) return null;
  const target = rows[rows.indexOf(row) + down]?.cells[cell.closest("td").cellIndex + across]?.querySelector("a");
  target?.focus();
  return target;
}

// On the review desk single letters do, while nobody is typing; a key that is held down judges one item.
function judge(event) {
  const { target, repeat, altKey, shiftKey } = event, key = event.key.toLowerCase();
  const desk = document.querySelector("#desk article"), find = (name) => desk?.querySelector(`[data-key=${name}]`);
  if (!desk || repeat || altKey || shiftKey || target.matches("input, textarea, select")) return null;
  if (key === "r") {
    const remark = desk.querySelector("[name=remark]");
    remark?.focus();
    return remark;
  }
  const button = find({ a: "approve", j: "after", k: "before" }[key]);
  button?.click();
  return button;
}

addEventListener("keydown", (event) => {
  const { target, key } = event, ctrl = event.ctrlKey || event.metaKey, by = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[key];
  const act = () => {
    if (key === "Escape") return closeMenus() || closeCell();
    if (ctrl && key === "Enter") return press(target.closest("form"), target.name === "remark" ? "return" : "submit");
    if (ctrl && key === "s") return press(target.closest("form"), "save");
    if (ctrl || event.altKey && !by) return null;
    if (judge(event)) return true;
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

// The item that was opened beside the matrix: its cell is marked, and has the focus again when it closes.
function marked() {
  const opened = document.querySelector("[data-cell]")?.dataset.cell;
  for (const pip of all(".matrix a.state")) pip.id === opened ? pip.setAttribute("aria-expanded", "true") : pip.removeAttribute("aria-expanded");
}

function closeCell() {
  const panel = document.querySelector("[data-cell]");
  if (!panel) return false;
  panel.remove();
  marked();
  document.getElementById(panel.dataset.cell)?.focus();
  return true;
}

addEventListener("htmx:after:swap", marked);

function openTarget() {
  const item = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!item?.matches("details.item")) return;
  item.open = true;
  item.firstElementChild.focus();
}

addEventListener("click", (event) => {
  const { target } = event;
  if (target.closest("[data-close-cell]") && closeCell()) event.preventDefault();
  closeMenus(target.closest("details.menu"));
  if (target.closest("[data-forget]")) forget(target.closest("form"));
  if (target.closest("[data-print]")) print();
});
addEventListener("hashchange", openTarget);

// ── the trail, live: new entries appear while the first page is shown, else a line tells of them ─────────

function listen(list) {
  const stream = new EventSource(list.dataset.feed), rows = all("#trail tbody tr").length;
  stream.addEventListener("entries", () => {
    const shown = document.getElementById("trail");
    if (all("#trail tbody tr").length <= Math.max(rows, 51)) return shown.dispatchEvent(new Event("newcomers"));
    for (const line of all("[data-newcomers]", shown)) line.hidden = false;
  });
  stream.addEventListener("ended", () => { stream.close(); location.reload(); });
}

all("#trail[data-feed]").forEach(listen);
all("[data-print]").forEach((button) => { button.hidden = false; });
quietly(left);
all("form[data-draft]").forEach(restore);
reached(navigator.onLine);
openTarget();
