// Comfort for an exam: a running clock, saving while answering, a queue for times without network.
// Everything works without it. What waits in the queue belongs to one attempt and is erased when
// the server has acknowledged it.
(() => {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const main = document.querySelector("main[data-percobaan]");
  if (!main) return;
  const { dasar: base, percobaan: attempt, sekarang } = main.dataset;
  const drift = Date.parse(sekarang) - Date.now(); // the device's clock may be wrong
  const now = () => Date.now() + drift;
  const form = byId("jawab");
  const handIn = byId("kumpul");
  const bar = byId("kabar-jaringan");
  const said = byId("kabar-simpan");

  // ---- queue: {position: {body, urut}}
  const prefix = "titian-ujian-";
  const read = () => {
    try { return JSON.parse(localStorage.getItem(prefix + attempt)) || {}; } catch { return {}; }
  };
  const write = (queue) => {
    try {
      if (Object.keys(queue).length) localStorage.setItem(prefix + attempt, JSON.stringify(queue));
      else localStorage.removeItem(prefix + attempt);
    } catch { /* storage is off: the answer stays in the form */ }
  };
  try {
    Object.keys(localStorage).forEach((key) => {
      if (key.startsWith(prefix) && key !== prefix + attempt) localStorage.removeItem(key);
    });
  } catch { /* storage is off */ }

  const time = () => new Date().toTimeString().slice(0, 8).replaceAll(":", ".");
  const say = (text) => { if (said) said.textContent = text; };
  const toResult = () => { location.href = base + "/hasil"; };

  // Sends one entry; true when the server has it, false when the network is away.
  async function send(position, entry) {
    let answer;
    try {
      answer = await fetch(`${base}/soal/${position}`, {
        method: "POST", body: new URLSearchParams(entry.body), credentials: "same-origin",
        headers: { Accept: "application/json" }, redirect: "manual",
      });
    } catch { return false; }
    if (answer.status >= 500 || answer.status === 401 || answer.status === 400) {
      if (answer.status < 500) form?.submit();
      return false;
    }
    const queue = read();
    if (queue[position]?.urut === entry.urut) { delete queue[position]; write(queue); }
    if (answer.status === 409) { toResult(); return false; }
    if (form && String(position) === form.dataset.soal) {
      if (answer.ok) say(`${form.dataset.tersimpan} ${time()}`);
      else { say((await answer.json()).pesan || ""); return false; }
    }
    return true;
  }

  let busy = false;
  async function flush() {
    if (busy) return false;
    busy = true;
    let sent = true;
    for (const [position, entry] of Object.entries(read())) {
      sent = await send(position, entry) && sent;
    }
    busy = false;
    const waiting = Object.keys(read()).length > 0;
    if (bar) bar.hidden = !waiting;
    if (waiting && form && read()[form.dataset.soal]) {
      say(`${form.dataset.menunggu} ${time()}`);
    }
    return sent && !waiting;
  }
  addEventListener("online", flush);
  setInterval(() => { if (Object.keys(read()).length) flush(); }, 10000);

  // ---- saving
  if (form) {
    const position = form.dataset.soal;
    let urut = Math.max(Number(form.dataset.urut), read()[position]?.urut || 0);
    let timer = 0;
    let dirty = false;
    const keep = () => {
      urut += 1;
      dirty = false;
      const body = [...new FormData(form)].concat(
        [["urut", String(urut)], ["waktu", new Date(now()).toISOString()]]);
      const queue = read();
      queue[position] = { body, urut };
      write(queue);
      say(form.dataset.menyimpan);
      return read()[position] ? flush() : send(position, { body, urut });
    };
    const soon = (wait) => {
      dirty = true;
      clearTimeout(timer);
      timer = setTimeout(keep, wait);
    };
    form.addEventListener("change", () => soon(250));
    form.addEventListener("input", (event) => {
      if (event.target.type === "text") soon(900);
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      clearTimeout(timer);
      while (busy) await new Promise((done) => setTimeout(done, 50));
      if (await keep()) location.href = form.dataset.berikut;
    });
    addEventListener("pagehide", () => { if (dirty) keep(); });
  }
  if (handIn) {
    handIn.addEventListener("submit", async (event) => {
      const button = handIn.querySelector("button");
      if (button.disabled) { event.preventDefault(); return; }
      button.disabled = true;
      if (!Object.keys(read()).length) return;
      event.preventDefault();
      if (await flush()) handIn.submit();
      else button.disabled = false;
    });
  }

  // ---- clock: read on demand, spoken at five minutes and at one
  const clock = byId("sisa-waktu");
  const news = byId("kabar-waktu");
  if (clock) {
    const end = Date.parse(clock.dataset.berakhir);
    const words = clock.textContent;
    const spoken = new Set([300, 60].filter((at) => end - now() < at * 1000));
    const tick = async () => {
      const left = Math.max(0, Math.ceil((end - now()) / 1000));
      clock.textContent = `${Math.floor(left / 60)}.${String(left % 60).padStart(2, "0")}`;
      for (const at of [300, 60]) {
        if (left <= at && !spoken.has(at)) {
          spoken.add(at);
          news.textContent = words.replace(/.*\d+/, String(at / 60));
        }
      }
      if (left > 0) { setTimeout(tick, 1000); return; }
      await flush();
      toResult();
    };
    tick();
  }
  flush();
})();
