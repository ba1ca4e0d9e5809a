// The explorer's page. Python says what there is to see; this draws it and says what is asked for.
const VIEWS = ["gap", "scatter", "map", "spread", "trend", "table"];
const SELECTABLE = ["scatter", "map", "spread"];
const PAGE = 50; // rows of the table
const SIGNS = { circle: "●", diamond: "◆", square: "■", "triangle-up": "▲" };
const PLOT = { responsive: true, displaylogo: false, displayModeBar: false };

const element = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

const options = (select, pairs, value) => {
  const offered = JSON.stringify(pairs);
  if (select.jhOffered !== offered) select.replaceChildren(...pairs.map(([v, text]) => element("option", { value: String(v), textContent: text })));
  select.jhOffered = offered;
  select.value = String(value);
};

const ESCAPED = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text) => String(text).replace(/[&<>"]/g, (sign) => ESCAPED[sign]);
const wording = (cell) => (Array.isArray(cell) ? cell[1] : cell);

const save = (name, blob) => {
  const link = element("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
};

// plotly.js and DataTables: the app's page names where they lie; JupyterLab serves no files of ours, so they are asked for
// as text. (A widget's own script must load within two seconds: they are no part of it.)
let libraries;
let handedOver;
const loaded = ([plotly, tables]) =>
  Promise.all([
    new Promise((resolve, reject) => document.head.append(element("script", { src: plotly, onload: () => resolve(window.Plotly), onerror: reject }))),
    import(tables).then((module) => module.default),
  ]);
const absolute = (path) => new URL(path, location.href).href; // a script from a blob knows no other paths
const asModule = (text) => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
const asText = (model) =>
  new Promise((resolve) => {
    handedOver = (texts) => resolve(texts.map(asModule));
    model.send({ ask: "libraries" });
  });
const loading = (model) =>
  (window.junhengLibraries ? Promise.resolve(window.junhengLibraries.map(absolute)) : asText(model)).then(loaded).catch((error) => {
    libraries = undefined; // the next change tries again
    throw error;
  });
const fetched = (model) => (libraries ??= loading(model));

class Explorer {
  constructor(model, root) {
    this.model = model;
    this.root = root;
    this.labels = model.get("labels");
    this.asked = 0;
    this.answered = 0;
    this.view = {};
    this.whatIf = {};
    this.side();
    this.main();
  }

  // --- the page ---

  label(name, control) {
    return element("label", {}, this.labels[name], control);
  }

  choice(name, changed) {
    const select = element("select", { name, onchange: () => changed(select.value) });
    this[name] = select;
    return this.label(name, select);
  }

  button(name, pressed) {
    return element("button", { type: "button", name, textContent: this.labels[name] ?? name, onclick: pressed });
  }

  text(name, changed) {
    const input = element("input", { type: "text", name, inputMode: "decimal" });
    input.onchange = () => changed?.(input.value.trim());
    this[name] = input;
    return this.label(name, input);
  }

  side() {
    const set = (key) => (value) => this.ask({ view: { [key]: value } });
    const between = () => this.ask({ view: { years: [Number(this.from.value), Number(this.to.value)] } });
    this.county = element("b");
    this.splits = element("input", { type: "checkbox", name: "split" });
    this.splits.onchange = () => this.ask({ what_if: { split: this.splits.checked } });
    this.splitLabel = element("label", { className: "jh-check" }, this.splits, this.labels.split);
    this.additions = element("ul");
    this.root.append(
      element(
        "div",
        { className: "jh-side" },
        element("h1", { textContent: this.labels.title }),
        element("label", {}, `${this.labels.county} `, this.county),
        this.choice("standard", (value) => this.ask({ standard: value })),
        element("div", { className: "jh-two" }, this.choice("year", (v) => set("year")(Number(v))), this.choice("stage", set("stage"))),
        this.choice("indicator", set("indicator")),
        this.choice("sides", set("sides")),
        element("div", { className: "jh-two" }, this.choice("from", between), this.choice("to", between)),
        element(
          "fieldset",
          {},
          element("legend", { textContent: this.labels.what_if }),
          element(
            "div",
            { className: "jh-two" },
            this.text("threshold", (v) => this.threshold_(v)),
            this.text("limit", (v) => this.limit_(v)),
          ),
          this.choice("scope", (value) => this.scope_(value)),
          this.splitLabel,
          this.choice("school", () => {}),
          element("div", { className: "jh-buttons" }, this.button("put_out", () => this.named("schools_out")), this.button("put_in", () => this.named("schools_in"))),
          this.choice("resource", () => {}),
          element("div", { className: "jh-two" }, this.text("amount"), element("label", {}, "\u00a0", element("br"), this.button("add", () => this.add_()))),
          this.additions,
          this.button("reset", () => this.ask({ whatIfWhole: {} })),
        ),
        element(
          "fieldset",
          {},
          element("legend", { textContent: this.labels.export }),
          element(
            "div",
            { className: "jh-buttons" },
            this.button("PNG", () => this.picture("png")),
            this.button("SVG", () => this.picture("svg")),
            this.button("CSV", () => this.model.send({ export: "csv" })),
            this.button("params", () => this.model.send({ export: "params" })),
            this.button("code", () => this.model.send({ export: "code" })),
          ),
        ),
      ),
    );
  }

  main() {
    this.heading = element("span");
    this.supposed = element("span", { className: "jh-supposed", textContent: this.labels.supposed, hidden: true });
    this.lines = element("div", { className: "jh-lines" });
    this.filed = element("div", { className: "jh-lines jh-filed" });
    this.messages = element("div", { className: "jh-messages", role: "alert" });
    this.clear = this.button("all_schools", () => this.ask({ view: { schools: [] } }));
    this.clear.hidden = true;
    this.plots = {};
    this.titles = {};
    const views = VIEWS.map((name) => {
      this.titles[name] = element("h3");
      this.plots[name] = element("div", { className: name === "table" ? "jh-table" : "jh-plot" });
      const view = element("section", { className: "jh-view" }, this.titles[name], this.plots[name]);
      view.dataset.view = name;
      return view;
    });
    this.card = element("div", { className: "jh-card", hidden: true });
    this.root.append(
      element(
        "div",
        { className: "jh-main" },
        element("div", { className: "jh-head" }, element("h2", {}, this.heading, this.supposed, " ", this.clear), this.lines, this.filed, this.messages),
        element("div", { className: "jh-views" }, ...views),
      ),
      this.card,
    );
  }

  // --- what is asked ---

  ask({ view = {}, what_if = {}, whatIfWhole, standard } = {}) {
    this.view = { ...this.view, ...view };
    this.whatIf = whatIfWhole ?? { ...this.whatIf, ...what_if };
    this.asked += 1;
    this.since = performance.now();
    this.root.classList.add("jh-busy");
    const asked = { n: this.asked };
    if (standard) Object.assign(asked, { standard });
    else Object.assign(asked, { view: this.view, what_if: this.whatIf });
    this.model.set("asked", asked);
    this.model.save_changes();
  }

  threshold_(value) {
    const { indicator, stage } = this.view;
    const thresholds = structuredClone(this.whatIf.thresholds ?? {});
    thresholds[indicator] = { ...thresholds[indicator] };
    if (value) thresholds[indicator][stage] = value;
    else delete thresholds[indicator][stage];
    if (!Object.keys(thresholds[indicator]).length) delete thresholds[indicator];
    this.ask({ what_if: { thresholds } });
  }

  limit_(value) {
    const limits = { ...this.whatIf.cv_at_most };
    if (value) limits[this.view.stage] = value;
    else delete limits[this.view.stage];
    this.ask({ what_if: { cv_at_most: limits } });
  }

  scope_(value) {
    this.ask({ what_if: { min_pupils: value === "small" ? {} : null, ownership: value === "public" ? ["public"] : null } });
  }

  named(list) {
    const school = this.school.value;
    const others = (name) => (this.whatIf[name] ?? []).filter((id) => id !== school);
    const lists = { schools_in: others("schools_in"), schools_out: others("schools_out") };
    lists[list].push(school);
    this.ask({ what_if: lists });
  }

  add_() {
    const one = { school_id: this.school.value, year: this.view.year, column: this.resource.value, amount: this.amount.value.trim() };
    if (one.amount) this.ask({ what_if: { added: [...(this.whatIf.added ?? []), one] } });
  }

  undo(key, at) {
    this.ask({ what_if: { [key]: this.whatIf[key].filter((_, i) => i !== at) } });
  }

  // --- what is shown ---

  async show() {
    const { n, scene, messages = [] } = JSON.parse(this.model.get("shown"));
    if (n < this.asked) return; // an older answer: a newer one is on its way
    this.messages.textContent = messages.join("\n");
    const begun = performance.now();
    if (scene) {
      try {
        await this.draw(scene);
      } catch (error) {
        console.error(error);
        this.messages.textContent = [...messages, this.labels.not_drawn].join("\n");
      }
    } else if (this.scene) [this.view, this.whatIf] = [this.scene.view, this.scene.what_if]; // refused: as if it had not been asked
    this.root.classList.remove("jh-busy");
    this.answered = n;
    this.root.dataset.answered = String(n);
    this.root.dataset.drawn = String(performance.now() - begun);
    if (this.since) this.root.dataset.took = String(performance.now() - this.since);
  }

  async draw(scene) {
    this.scene = scene;
    this.view = scene.view;
    this.whatIf = scene.what_if;
    this.rows = new Map(scene.table.ids.map((id, i) => [id, scene.table.rows[i]]));
    this.controls(scene);
    this.heading.textContent = scene.heading;
    this.supposed.hidden = !scene.supposed;
    const spans = (lines) => lines.map((line) => element("span", { textContent: line }));
    this.lines.replaceChildren(...spans(scene.lines));
    this.filed.replaceChildren(...(scene.filed.length ? [this.labels.filed] : []), ...spans(scene.filed));
    this.clear.hidden = !scene.view.schools.length;
    this.root.dataset.verdict = scene.verdict;
    for (const name of VIEWS) this.titles[name].replaceChildren(scene.titles[name], ...this.key(scene.figures[name]));
    [this.Plotly, this.DataTable] = await fetched(this.model);
    this.family = getComputedStyle(this.root).fontFamily;
    const sizes = VIEWS.map((name) => [name, this.plots[name].clientWidth, this.plots[name].clientHeight]); // before the page is touched again
    const drawn = sizes.filter(([name]) => scene.figures[name]).map(([name, width, height]) => this.plot(name, scene.figures[name], width, height));
    this.table(scene.table);
    await Promise.all(drawn);
  }

  controls(scene) {
    const { choices, view } = scene;
    this.county.textContent = scene.county;
    options(this.standard, scene.standards, scene.standard);
    options(this.year, choices.years, view.year);
    options(this.from, choices.years, view.years[0]);
    options(this.to, choices.years, view.years[1]);
    options(this.stage, choices.stages, view.stage);
    options(this.indicator, choices.indicators, view.indicator);
    options(this.sides, choices.sides, choices.side);
    const { min_pupils, ownership } = scene.what_if;
    options(this.scope, choices.scopes, ownership ? "public" : min_pupils ? "small" : "rule");
    const named = [...scene.what_if.schools_in, ...scene.what_if.schools_out];
    const chosen = this.school.value;
    options(this.school, this.model.get("schools"), this.rows.has(chosen) || named.includes(chosen) ? chosen : scene.table.ids[0]);
    const resource = this.resource.value;
    options(this.resource, choices.resources, resource);
    if (!this.resource.value) this.resource.selectedIndex = 0;
    this.splits.checked = Boolean(choices.split);
    this.splitLabel.hidden = choices.split === null;
    for (const name of ["threshold", "limit"]) {
      this[name].value = choices[name] ?? "";
      this[name].disabled = choices[name] === null;
    }
    this.supposedList(scene);
  }

  supposedList({ what_if, choices }) {
    const names = new Map(this.model.get("schools"));
    const item = (text, undo) => element("li", {}, element("span", { textContent: text, title: text }), element("button", { type: "button", textContent: "×", title: this.labels.remove, ariaLabel: this.labels.remove, onclick: undo }));
    const items = [];
    for (const [key, word] of [["schools_out", this.labels.put_out], ["schools_in", this.labels.put_in]]) {
      what_if[key].forEach((id, at) => items.push(item(`${word} ${names.get(id) ?? id}`, () => this.undo(key, at))));
    }
    const titles = new Map(choices.resources);
    what_if.added.forEach((one, at) => items.push(item(`${names.get(one.school_id)} ${one.year} ${titles.get(one.column) ?? one.column} ${one.amount}`, () => this.undo("added", at))));
    this.additions.replaceChildren(...items);
  }

  // What the marks mean stands beside the title: plotly.js would measure a legend of each view anew at every change.
  key(figure) {
    if (!figure?.layout?.showlegend) return [];
    const named = figure.data.filter((trace) => trace.showlegend !== false);
    return named.map(({ name, marker }) => {
      const sign = element("i", { textContent: SIGNS[marker.symbol] ?? "●" });
      sign.style.color = marker.color;
      return element("span", { className: "jh-key" }, sign, name);
    });
  }

  async plot(name, figure, width, height) {
    const place = this.plots[name];
    if (figure.message) {
      this.Plotly.purge(place); // with whoever listened
      place.jhLinked = false;
      place.jhDrawn = "";
      place.replaceChildren(element("p", { className: "jh-say", textContent: figure.message }));
      return;
    }
    const names = JSON.stringify(figure.layout.yaxis.ticktext);
    const told = JSON.stringify([{ ...figure.layout, yaxis: { ...figure.layout.yaxis, ticktext: [] } }, figure.data, width, height]);
    const [toldBefore, namesBefore] = [place.jhDrawn, place.jhNames];
    [place.jhDrawn, place.jhNames] = [told, names];
    if (toldBefore === told && !place.layout.selections?.length) {
      if (namesBefore !== names) await this.Plotly.relayout(place, { "yaxis.ticktext": figure.layout.yaxis.ticktext });
      return;
    }
    if (place.querySelector(".jh-say")) place.replaceChildren();
    const font = { ...figure.layout.font, family: this.family };
    const data = name === "map" ? [...this.model.get("outlines"), ...figure.data] : figure.data;
    await this.Plotly.react(place, data, { ...figure.layout, showlegend: false, font, width, height, autosize: false, selections: [], selectionrevision: this.asked, uirevision: this.scene.heading }, PLOT);
    if (!place.jhLinked) this.link(name, place);
  }

  link(name, place) {
    place.jhLinked = true;
    if (name === "gap") {
      place.on("plotly_click", ({ points }) => points[0].customdata && this.ask({ view: { indicator: points[0].customdata } }));
      return;
    }
    if (!SELECTABLE.includes(name)) return;
    place.on("plotly_selected", (event) => {
      const schools = [...new Set((event?.points ?? []).map((point) => point.customdata).filter(Boolean))];
      if (schools.length) this.ask({ view: { schools } });
    });
    place.on("plotly_hover", ({ points, event }) => this.showCard(points[0].customdata, event));
    place.on("plotly_unhover", () => (this.card.hidden = true));
    place.on("plotly_click", ({ points }) => (this.school.value = points[0].customdata ?? this.school.value));
  }

  showCard(id, event) {
    const row = this.rows.get(id);
    if (!row) return;
    const [title, ...others] = this.scene.table.titles;
    const list = element("dl");
    others.forEach((name, i) => list.append(element("dt", { textContent: name }), element("dd", { textContent: wording(row[i + 1]) })));
    this.card.replaceChildren(element("b", { textContent: row[0], title }), list);
    this.card.hidden = false;
    const page = this.root.getBoundingClientRect();
    const x = Math.min(event.clientX - page.left + 14, page.width - this.card.offsetWidth - 8);
    const y = Math.min(event.clientY - page.top + 14, page.height - this.card.offsetHeight - 8);
    Object.assign(this.card.style, { left: `${x}px`, top: `${y}px` });
  }

  table({ titles, ids, rows }) {
    const key = titles.join("|");
    if (this.grid && this.gridKey !== key) {
      this.grid.destroy(true);
      this.grid = null;
    }
    const data = rows.map((row, i) => Object.assign([...row], { id: ids[i] }));
    this.plots.table.classList.toggle("jh-one-page", data.length <= PAGE);
    if (this.grid) {
      this.grid.clear().rows.add(data).draw(false);
      return;
    }
    this.gridKey = key;
    const table = element("table", { className: "compact" });
    this.plots.table.replaceChildren(table);
    const shown = (cell, type) => {
      if (type === "display") return escaped(wording(cell));
      return type !== "filter" && Array.isArray(cell) ? (cell[0] ?? -1) : wording(cell);
    };
    this.grid = new this.DataTable(table, {
      data,
      columns: titles.map((title, at) => ({ title, data: at, render: shown })),
      autoWidth: false, // it measures every column again at each change
      deferRender: true,
      pageLength: PAGE,
      order: [],
      layout: { topStart: "info", topEnd: "search", bottomStart: null, bottomEnd: "paging" },
      language: { search: "", searchPlaceholder: this.labels.search, info: "_TOTAL_", infoEmpty: "0", infoFiltered: "/ _MAX_", zeroRecords: "—", emptyTable: "—" },
    });
    table.addEventListener("click", (event) => {
      const row = this.grid.row(event.target.closest("tbody tr"))?.data();
      if (row) this.school.value = row.id;
    });
  }

  // --- what is taken along ---

  async received(content) {
    if (content.file) save(content.file, new Blob([content.text], { type: "text/plain;charset=utf-8" }));
    if (content.code) this.showCode(content.code);
    if (content.libraries) handedOver(content.libraries);
  }

  showCode(code) {
    const area = element("textarea", { value: code, readOnly: true });
    const dialog = element("dialog", {}, area, element("div", { className: "jh-buttons" }, this.button("close", () => dialog.close())));
    dialog.onclose = () => dialog.remove();
    this.root.append(dialog);
    dialog.showModal();
    area.select();
    navigator.clipboard?.writeText(code).catch(() => document.execCommand("copy"));
  }

  async picture(format) {
    const svg = await this.composed();
    const name = `${this.scene.name}.${format}`;
    const blob = new Blob([svg], { type: "image/svg+xml" });
    if (format === "svg") return save(name, blob);
    const image = new Image();
    image.src = URL.createObjectURL(blob);
    await image.decode();
    const canvas = element("canvas", { width: image.width * 2, height: image.height * 2 });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((png) => save(name, png));
  }

  // One SVG of all views, with what stands above them and the stamp below.
  async composed() {
    const [width, height, top] = [420, 330, 84];
    const family = this.family.replaceAll('"', "'");
    const line = (x, y, text, size, color = "#222") => `<text x="${x}" y="${y}" font-size="${size}" fill="${color}" font-family="${family}">${escaped(text)}</text>`;
    const parts = [line(10, 24, this.scene.heading, 16)];
    if (!this.supposed.hidden) parts.push(line(10, 72, this.labels.supposed, 12, "#6e2a2a"));
    parts.push(line(10, 48, this.scene.lines.slice(0, 2).join("　"), 12), line(10, 66 - (this.supposed.hidden ? 0 : 6), this.supposed.hidden ? this.scene.lines.slice(2).join("　") : "", 12));
    const names = VIEWS.filter((name) => name !== "table");
    for (const [at, name] of names.entries()) {
      const [x, y] = [(at % 3) * width, top + Math.floor(at / 3) * (height + 20)];
      parts.push(line(x + 10, y + 14, this.scene.titles[name], 12));
      const place = this.plots[name];
      if (this.scene.figures[name].message) {
        parts.push(line(x + 10, y + 60, this.scene.figures[name].message, 11, "#6b6b6b"));
        continue;
      }
      const { showlegend } = this.scene.figures[name].layout;
      const url = await this.Plotly.toImage({ data: place.data, layout: { ...place.layout, showlegend } }, { format: "svg", width, height });
      const inner = decodeURIComponent(url.slice(url.indexOf(",") + 1));
      parts.push(`<g transform="translate(${x},${y + 20})">${inner}</g>`);
    }
    const [wide, tall] = [width * 3, top + 2 * (height + 20) + 24];
    parts.push(line(10, tall - 8, this.scene.stamp, 11, "#6b6b6b"));
    return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${wide}" height="${tall}"><rect width="100%" height="100%" fill="#fff"/>${parts.join("")}</svg>`;
  }
}

function render({ model, el }) {
  const root = element("div", { className: "jh", lang: model.get("lang") });
  el.append(root);
  const page = new Explorer(model, root);
  let begun = false;
  const show = () => {
    begun = true;
    return page.show();
  };
  const received = (content) => page.received(content);
  model.on("change:shown", show);
  model.on("msg:custom", received);
  // The page has no size before it stands in the document.
  const sized = new ResizeObserver(() => root.clientWidth && !begun && show());
  sized.observe(root);
  return () => {
    sized.disconnect();
    model.off("change:shown", show);
    model.off("msg:custom", received);
  };
}

export default { render };
