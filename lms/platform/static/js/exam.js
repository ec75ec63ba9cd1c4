// Comfort for an exam: clock, saving while answering, a queue for times without network.
// The queue belongs to one attempt and is erased when acknowledged.
(() => {
  const byId = (id) => document.getElementById(id);
  const main = document.querySelector("main[data-percobaan]");
  if (!main) return;
  const { dasar: base, percobaan, sekarang, zona } = main.dataset;
  const drift = Date.parse(sekarang) - Date.now(); // of the device's clock
  const now = () => new Date(Date.now() + drift);
  const form = byId("jawab");
  const handIn = byId("kumpul");
  const bar = byId("kabar-jaringan");
  const token = (form || handIn).elements.csrf_token.value;

  // queue: {position: {body, urut}}
  const name = "titian-ujian-" + percobaan;
  const read = () => {
    try { return JSON.parse(localStorage.getItem(name)) || {}; } catch { return {}; }
  };
  const write = (queue) => {
    try {
      if (Object.keys(queue).length) localStorage.setItem(name, JSON.stringify(queue));
      else localStorage.removeItem(name);
    } catch { /* no storage */ }
  };
  const waiting = () => Object.keys(read()).length > 0;
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith("titian-ujian-") && key !== name) localStorage.removeItem(key);
    }
  } catch { /* no storage */ }

  const say = (text, timed) => {
    const time = now().toLocaleTimeString(document.documentElement.lang, { timeZone: zona });
    byId("kabar-simpan").textContent = timed ? `${text} ${time}` : text;
  };
  const toResult = () => { location.href = base + "/hasil"; };

  // True when the server has it; what it refuses leaves the queue too.
  async function send(position, { body, urut }) {
    const data = new URLSearchParams(body);
    data.set("csrf_token", token);
    const here = form && String(position) === form.dataset.soal;
    let answer;
    try {
      answer = await fetch(`${base}/soal/${position}`, {
        method: "POST", body: data, headers: { Accept: "application/json" },
      });
    } catch { return false; }
    if (answer.status >= 500 || answer.status === 429) return false;
    if (answer.status === 400 || answer.status === 401) {
      if (here) form.submit(); // the page that comes keeps it
      return false;
    }
    const queue = read();
    if (queue[position]?.urut === urut) { delete queue[position]; write(queue); }
    if (answer.status === 409) toResult();
    else if (here && answer.ok) say(form.dataset.tersimpan, true);
    else if (here) say((await answer.json()).pesan);
    return answer.ok;
  }

  let busy = Promise.resolve(true);
  const flush = () => (busy = busy.then(async () => {
    let sent = true;
    for (const [position, entry] of Object.entries(read())) {
      sent = await send(position, entry) && sent;
    }
    const left = read();
    bar.hidden = !waiting();
    if (form && left[form.dataset.soal]) say(form.dataset.menunggu, true);
    return sent && bar.hidden;
  }));
  addEventListener("online", flush);
  setInterval(() => waiting() && flush(), 10000);

  if (form) {
    const position = form.dataset.soal;
    let urut = Math.max(form.dataset.urut, read()[position]?.urut || 0);
    let timer = 0;
    const keep = () => {
      clearTimeout(timer);
      timer = 0;
      urut += 1;
      const body = [...new FormData(form)].filter(([field]) => field !== "csrf_token");
      body.push(["urut", urut], ["waktu", now().toISOString()]);
      const queue = read();
      queue[position] = { body, urut };
      write(queue);
      say(form.dataset.menyimpan);
      return read()[position] ? flush() : send(position, queue[position]);
    };
    const soon = (wait) => { clearTimeout(timer); timer = setTimeout(keep, wait); };
    form.addEventListener("change", () => soon(250));
    form.addEventListener("input", (event) => event.target.type === "text" && soon(900));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (await keep()) location.href = form.dataset.berikut;
    });
    addEventListener("pagehide", () => timer && keep());
  }
  handIn?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = handIn.querySelector("button");
    button.disabled = true;
    if (!waiting() || await flush()) handIn.submit();
    else button.disabled = false;
  });

  // clock: read on demand, spoken at five minutes and at one
  const clock = byId("sisa-waktu");
  const end = Date.parse(clock.dataset.berakhir);
  const words = clock.textContent;
  let spoken = Infinity;
  const tick = async () => {
    const left = Math.max(0, Math.ceil((end - now()) / 1000));
    clock.textContent = `${Math.floor(left / 60)}.${String(left % 60).padStart(2, "0")}`;
    const mark = [1, 5].find((minutes) => left <= minutes * 60);
    if (mark < spoken) {
      spoken = mark;
      byId("kabar-waktu").textContent = words.replace(/.*\d+/, mark);
    }
    if (left) setTimeout(tick, 1000);
    else { await flush(); toResult(); }
  };
  tick();
  flush();
})();
