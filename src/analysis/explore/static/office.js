// The planner's page: a workbook goes up, faults, a marked copy or the outputs come down.
const element = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

function render({ model, el }) {
  const words = model.get("labels");
  const limits = model.get("limits");
  const ask = (content, buffers) => model.send(content, undefined, buffers);
  const button = (name, pressed, properties = {}) => element("button", { type: "button", name, textContent: words[name], onclick: pressed, ...properties });
  const section = (...children) => element("section", {}, ...children);

  const file = element("input", { type: "file", name: "file", accept: limits.kinds, hidden: true });
  const choose = button("choose", () => file.click());
  file.onchange = async () => {
    const chosen = file.files[0];
    if (!chosen) return;
    if (chosen.size > limits.bytes) {
      show({ stage: "empty", stopped: words.too_large });
      return;
    }
    show({ stage: "checking" });
    ask({ ask: "upload", name: chosen.name }, [await chosen.arrayBuffer()]);
    file.value = "";
  };
  const name = element("b");
  const found = element("div");
  const list = element("table");
  const copy = button("copy", () => ask({ ask: "copy" }));
  const standard = element("select", { name: "standard" }, ...model.get("standards").map(([id, title]) => element("option", { value: id, textContent: title })));
  standard.value = "cn-quality-2017";
  const lang = element("select", { name: "lang" }, element("option", { value: "zh", textContent: "中文" }), element("option", { value: "en", textContent: "English" }));
  lang.value = model.get("lang");
  const run = button("run", () => ask({ ask: "run", standard: standard.value, lang: lang.value }), { className: "jo-main" });
  const stop = button("stop", () => ask({ ask: "stop" }));
  const bar = element("progress", { max: 1 });
  const step = element("span");
  const stopped = element("div", { className: "jo-stopped", role: "alert" });
  const faults = section(element("h2", { textContent: words.second }), found, element("div", { className: "jo-list" }, list), copy);
  const running = section(element("h2", { textContent: words.third }), standard, lang, run, stop, element("div", {}, bar, step));
  const root = element(
    "div",
    { className: "jo", lang: model.get("lang") },
    element("h1", { textContent: words.title }),
    element("p", { textContent: words.promise }),
    section(element("h2", { textContent: words.first }), choose, file, name),
    faults,
    running,
    stopped,
  );
  el.append(root);

  function show(state) {
    root.dataset.stage = state.stage;
    name.textContent = state.file ?? "";
    const rows = state.faults ?? [];
    faults.hidden = !["ready", "faulty", "running", "done"].includes(state.stage) && !rows.length;
    const word = state.stage === "faulty" ? (state.file ? "faulty" : "refused") : "remarks";
    found.textContent = rows.length ? words[word] : words.clean;
    list.replaceChildren(...rows.map((row) => element("tr", {}, ...row.map((text) => element("td", { textContent: text })))));
    copy.hidden = !rows.length || !state.file;
    running.hidden = !["ready", "running", "done"].includes(state.stage);
    run.disabled = state.stage === "running";
    stop.hidden = bar.hidden = state.stage !== "running";
    bar.max = state.of || 1;
    if (state.done) bar.value = state.done;
    else bar.removeAttribute("value");
    step.textContent = state.stage === "running" ? (state.step ?? words.running) : state.stage === "checking" ? words.checking : state.stage === "done" ? words.done : "";
    if (state.stage === "checking") name.textContent = words.checking;
    stopped.textContent = state.stopped ?? "";
  }

  const changed = () => show(model.get("state"));
  const received = (content, buffers) => {
    const link = element("a", { download: content.file, href: URL.createObjectURL(new Blob([buffers[0]])) });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
  const left = () => ask({ ask: "leave" }); // what was uploaded goes with the page
  window.addEventListener("pagehide", left);
  model.on("change:state", changed);
  model.on("msg:custom", received);
  changed();
  return () => {
    window.removeEventListener("pagehide", left);
    model.off("change:state", changed);
    model.off("msg:custom", received);
  };
}

export default { render };
