/* Live figures without a kernel, quizzes, and the comparison on the cover.

   A live figure is a box with data-spec, made by spineseg.notebook. Its "controls" are
     [{"name", "label", "values": [texts], "default": index, "kind": "range"|"choice"}]
   and become sliders and groups of buttons. Three kinds of box:
     .spx-steps                      frames, one for every combination of the controls
     .spx-film[data-kind="masks"]    a picture, its truth, a mask for each stop
     .spx-film[data-kind="layers"]   heat maps over pictures
   Pictures come as base64 bytes, masks as lengths of runs; every printed number was
   computed when the page was made. The state stands in the address as
   #NAME:control=value,control=value so that it can be linked to. Without this script,
   and on paper, the picture that the page was built with remains. */

(function () {
  "use strict";

  const figures = new Map(); // name in the address -> how to set its state

  function make(tag, attributes) {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes)) {
      element.setAttribute(key, value);
    }
    return element;
  }

  function written(value) {
    return String(value).replace(/^-(?=\d)/, "\u2212");
  }

  function clamp(value, low, high) {
    return Math.min(high, Math.max(low, value));
  }

  /* ---------- controls: one panel for every kind of figure ---------- */

  function nameOf(box) {
    const figure = box.closest("figure") || box;
    if (!figure.id) {
      figure.id = "live-" + (figures.size + 1);
    }
    return figure.id;
  }

  function addressOf(name, pairs) {
    const text = pairs.map((pair) => pair.map(encodeURIComponent).join("="));
    return "#" + name + ":" + text.join(",");
  }

  function remember(address) {
    try {
      history.replaceState(history.state, "", address);
    } catch (refused) {
      /* some browsers refuse this for files; the figure works all the same */
    }
  }

  function slider(control, id, changed) {
    const label = make("label", { for: id });
    label.textContent = control.label || control.name;
    const last = control.values.length - 1;
    const range = make("input", { id: id, class: "spx-range", type: "range" });
    Object.assign(range, { min: 0, max: last, step: 1 });
    const output = make("output", { for: id });
    const row = make("div", { class: "spx-control" });
    row.append(label, range, output);
    range.addEventListener("input", () => changed(Number(range.value)));
    return {
      row: row,
      show(index) {
        const value = written(control.values[index]);
        range.value = index;
        range.setAttribute("aria-valuetext", value);
        output.textContent = value;
      },
    };
  }

  function buttons(control, id, changed) {
    const row = make("fieldset", { class: "spx-control spx-choice" });
    const legend = make("legend", {});
    legend.textContent = control.label || control.name;
    const options = make("div", { class: "spx-options" });
    row.append(legend, options);
    const radios = control.values.map((value, index) => {
      const radio = make("input", { type: "radio", name: id, value: index });
      const label = make("label", {});
      label.append(radio, written(value));
      options.append(label);
      radio.addEventListener("change", () => changed(index));
      return radio;
    });
    return { row: row, show: (index) => (radios[index].checked = true) };
  }

  /* Builds the controls of a box and calls draw(state) whenever they change; state
     holds one index for each control. Returns what a figure may want to ask. */
  function live(box, spec, draw) {
    const name = nameOf(box);
    const start = spec.controls.map((c) => c.default || 0);
    const state = start.slice();
    const panel = make("div", { class: "spx-controls", role: "group" });
    panel.setAttribute("aria-label", "Change this figure");

    function go(i, index) {
      if (index !== state[i]) {
        state[i] = index;
        redraw();
        const pairs = spec.controls.map((c, k) => [c.name, c.values[state[k]]]);
        remember(addressOf(name, pairs));
      }
    }

    const knobs = spec.controls.map((control, i) => {
      const kind = control.kind === "choice" ? buttons : slider;
      const knob = kind(control, name + "-" + i, (index) => go(i, index));
      if (control.values.length > 1) {
        panel.append(knob.row);
      }
      return knob;
    });

    function redraw() {
      knobs.forEach((knob, i) => knob.show(state[i]));
      draw(state);
    }

    function set(pairs) {
      spec.controls.forEach((control, i) => {
        const wanted = pairs.get(control.name);
        const found = control.values.findIndex((v) => String(v) === wanted);
        state[i] = found < 0 ? start[i] : found;
      });
      redraw();
    }

    /* A finger or a mouse drawn across an element moves the control of this place. */
    function dragging(element, i) {
      const steps = spec.controls[i].values.length;
      function follow(event) {
        const place = element.getBoundingClientRect();
        const along = (event.clientX - place.left) / place.width;
        go(i, clamp(Math.floor(along * steps), 0, steps - 1));
      }
      element.addEventListener("pointerdown", (event) => {
        element.setPointerCapture(event.pointerId);
        follow(event);
      });
      element.addEventListener("pointermove", (event) => {
        if (element.hasPointerCapture(event.pointerId)) {
          follow(event);
        }
      });
    }

    function now() {
      const words = spec.controls.map(
        (c, i) => (c.label || c.name) + ": " + written(c.values[state[i]])
      );
      return " Now shown: " + words.join("; ");
    }

    box.append(panel);
    box.dataset.ready = "";
    figures.set(name, { figure: box.closest("figure") || box, set: set });
    return { start: start, state: state, redraw: redraw, dragging: dragging, now: now };
  }

  /* ---------- frames drawn beforehand ---------- */

  function frameIndex(controls, state) {
    return controls.reduce((sum, c, i) => sum * c.values.length + state[i], 0);
  }

  function stepper(box) {
    const spec = JSON.parse(box.dataset.spec);
    const picture = box.querySelector("img");
    const texts = [].concat(spec.alt || picture.alt);
    const kept = spec.frames.map((frame) => {
      const image = new Image(); // decoded before it is asked for
      image.src = frame;
      return image;
    });
    const panel = live(box, spec, draw);

    function draw(state) {
      const index = frameIndex(spec.controls, state);
      picture.src = kept[index].src;
      picture.alt = texts.length > 1 ? texts[index] : texts[0] + panel.now() + ".";
    }

    picture.draggable = false;
    panel.dragging(picture, 0);
    addEventListener("beforeprint", () => {
      picture.src = spec.frames[frameIndex(spec.controls, panel.start)];
    });
    addEventListener("afterprint", panel.redraw);
    panel.redraw();
  }

  /* ---------- pictures and masks on a canvas ---------- */

  const SCALE = 6; // canvas pixels for one of the picture, so that contours are fine

  function bytes(text) {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  }

  function unpackRuns(runs, size) {
    const mask = new Uint8Array(size);
    let at = 0;
    runs.forEach((length, i) => {
      mask.fill(i % 2, at, at + length);
      at += length;
    });
    return mask;
  }

  /* A small canvas of h x w pixels; paint(i) gives the [r, g, b, alpha] of pixel i. */
  function raster(h, w, paint) {
    const canvas = make("canvas", { width: w, height: h });
    const pixels = new ImageData(w, h);
    for (let i = 0; i < h * w; i++) {
      pixels.data.set(paint(i), 4 * i);
    }
    canvas.getContext("2d").putImageData(pixels, 0, 0);
    return canvas;
  }

  function greyRaster(text, h, w) {
    const levels = bytes(text);
    return raster(h, w, (i) => [levels[i], levels[i], levels[i], 255]);
  }

  /* The line between in and out, half way between the centres of pixels. */
  function contour(mask, h, w) {
    const path = new Path2D();
    // the middles of a cell's sides: top, right, bottom, left
    const middles = [[0.5, 0], [1, 0.5], [0.5, 1], [0, 0.5]];
    for (let y = 0; y < h - 1; y++) {
      for (let x = 0; x < w - 1; x++) {
        const at = y * w + x;
        const corners = [mask[at], mask[at + 1], mask[at + w + 1], mask[at + w]];
        const crossed = [0, 1, 2, 3].filter((i) => corners[i] !== corners[(i + 1) % 4]);
        for (let i = 0; i < crossed.length; i += 2) {
          const [from, to] = [middles[crossed[i]], middles[crossed[i + 1]]];
          path.moveTo(x + 0.5 + from[0], y + 0.5 + from[1]);
          path.lineTo(x + 0.5 + to[0], y + 0.5 + to[1]);
        }
      }
    }
    return path;
  }

  function stroke(context, path, colour, width) {
    context.lineCap = "round";
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.stroke(path);
  }

  function rgb(colour) {
    return [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
  }

  /* The place that a figure fills: its canvas, and what is read beside it. */
  function stage(box, shape, aspect) {
    const still = box.querySelector("img");
    const [h, w] = shape;
    const canvas = make("canvas", { role: "img", class: "spx-canvas" });
    canvas.width = SCALE * w;
    canvas.height = Math.round(SCALE * h * aspect);
    const side = make("div", { class: "spx-side" });
    const whole = make("div", { class: "spx-stage" });
    whole.append(canvas, side);
    still.after(whole);
    const context = canvas.getContext("2d");
    return {
      canvas: canvas,
      side: side,
      begin() {
        context.setTransform(canvas.width / w, 0, 0, canvas.height / h, 0, 0);
        context.imageSmoothingEnabled = true;
        return context;
      },
      say: (words) => canvas.setAttribute("aria-label", still.alt + words),
    };
  }

  function key(entries, colours) {
    const list = make("ul", { class: "spx-key" });
    for (const [name, words, solid] of entries) {
      const item = make("li", {});
      const swatch = make("span", { class: solid ? "spx-swatch spx-solid" : "spx-swatch" });
      swatch.style.setProperty("--colour", colours[name]);
      item.append(swatch, words);
      list.append(item);
    }
    return list;
  }

  /* ---------- one number along a control, with a moving mark ---------- */

  function svg(tag, attributes, text) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) {
      element.setAttribute(name, value);
    }
    element.textContent = text || "";
    return element;
  }

  function course(spec, across) {
    const [left, right, top, low] = [30, 234, 8, 92];
    const [first, last] = [spec.stops[0], spec.stops[spec.stops.length - 1]];
    const x = (stop) => left + ((right - left) * (stop - first)) / (last - first || 1);
    const y = (v) => low - ((low - top) * (v - spec.limits[0])) / (spec.limits[1] - spec.limits[0]);
    const number = (v) => String(Number(v.toPrecision(3)));
    const drawing = svg("svg", { viewBox: "0 0 240 122", "aria-hidden": "true" });
    for (const limit of spec.limits) {
      drawing.append(svg("line", { class: "spx-rule", x1: left, x2: right, y1: y(limit), y2: y(limit) }));
      drawing.append(svg("text", { x: left - 5, y: y(limit) + 4, "text-anchor": "end" }, number(limit)));
    }
    drawing.append(svg("text", { x: left, y: low + 15 }, number(first)));
    drawing.append(svg("text", { x: right, y: low + 15, "text-anchor": "end" }, number(last)));
    const middle = { x: (left + right) / 2, y: low + 27, "text-anchor": "middle" };
    drawing.append(svg("text", middle, across));
    let line = "";
    spec.values.forEach((v, i) => {
      if (v !== null) {
        line += (i && spec.values[i - 1] !== null ? "L" : "M") + x(spec.stops[i]) + " " + y(v);
      }
    });
    const now = svg("line", { class: "spx-now", y1: top, y2: low });
    const mark = svg("circle", { class: "spx-mark", r: 4.5 });
    drawing.append(svg("path", { class: "spx-course", d: line }), now, mark);
    const output = make("b", {});
    const title = make("p", { class: "spx-number" });
    title.append(spec.label + " ", output);
    const whole = make("div", {});
    whole.append(title, drawing);
    return {
      whole: whole,
      show(i) {
        output.textContent = spec.texts[i];
        now.setAttribute("x1", x(spec.stops[i]));
        now.setAttribute("x2", x(spec.stops[i]));
        mark.setAttribute("cx", x(spec.stops[i]));
        mark.setAttribute("cy", spec.values[i] === null ? -99 : y(spec.values[i]));
      },
      text: (i) => spec.label + " " + spec.texts[i],
    };
  }

  /* ---------- masks by epoch or by threshold ---------- */

  function masks(box, spec) {
    const [h, w] = spec.shape;
    const place = stage(box, spec.shape, spec.aspect);
    const picture = greyRaster(spec.picture, h, w);
    const truth = unpackRuns(spec.truth, h * w);
    const outline = contour(truth, h, w);
    const levels = spec.levels ? bytes(spec.levels) : null;
    const courses = spec.curves.map((c) => course(c, spec.controls[0].label));
    const panel = live(box, spec, draw);

    function maskAt(i) {
      return levels
        ? levels.map((level) => Number(level >= spec.cuts[i]))
        : unpackRuns(spec.masks[i], h * w);
    }

    function paintErrors(context, mask) {
      const [over, under] = [rgb(spec.colours.false_positive), rgb(spec.colours.false_negative)];
      context.imageSmoothingEnabled = false;
      const wrong = raster(h, w, (i) =>
        mask[i] === truth[i] ? [0, 0, 0, 0] : [...(mask[i] ? over : under), 217]
      );
      context.drawImage(wrong, 0, 0, w, h);
    }

    const keys = [
      key([["truth", "truth"], ["prediction", "prediction"]], spec.colours),
      key(
        [
          ["truth", "truth"],
          ["false_positive", "predicted, not true", true],
          ["false_negative", "true, not predicted", true],
        ],
        spec.colours
      ),
    ];

    function draw([i, errors]) {
      const context = place.begin();
      const mask = maskAt(i);
      context.drawImage(picture, 0, 0, w, h);
      if (errors) {
        paintErrors(context, mask);
      }
      stroke(context, outline, spec.colours.truth, errors ? w / 300 : w / 190);
      if (!errors) {
        stroke(context, contour(mask, h, w), spec.colours.prediction, w / 190);
      }
      keys.forEach((list, k) => (list.hidden = k !== errors));
      courses.forEach((c) => c.show(i));
      place.say(panel.now() + "; " + courses.map((c) => c.text(i)).join("; ") + ".");
    }

    const numbers = make("div", { class: "spx-numbers", "aria-live": "polite" });
    numbers.append(...courses.map((c) => c.whole));
    place.side.append(numbers, ...keys);
    panel.dragging(place.canvas, 0);
    panel.redraw();
  }

  /* ---------- heat maps by layer, patient, target ---------- */

  function layers(box, spec) {
    const ramp = bytes(spec.ramp);
    const [h, w] = spec.shape;
    const place = stage(box, spec.shape, 1);
    const kept = spec.patients.map((p) => ({
      picture: greyRaster(p.picture, h, w),
      outline: p.truth && contour(unpackRuns(p.truth, h * w), h, w),
    }));
    const bar = make("div", { class: "spx-bar", "aria-hidden": "true" });
    const colours = [];
    for (let i = 0; i < 256; i += 15) {
      colours.push("rgb(" + ramp.subarray(3 * i, 3 * i + 3).join(" ") + ")");
    }
    bar.style.background = "linear-gradient(to right, " + colours.join(", ") + ")";
    const most = make("span", {});
    const ends = make("div", { class: "spx-ends" });
    ends.append("0", most);
    const words = make("p", { class: "spx-number" });
    const panel = live(box, spec, draw);

    function heat(map) {
      const levels = bytes(map.levels);
      return raster(map.shape[0], map.shape[1], (i) => [
        ...ramp.subarray(3 * levels[i], 3 * levels[i] + 3),
        255,
      ]);
    }

    function draw(state) {
      const [layer, patient, target, fade] = state;
      const map = spec.maps[frameIndex(spec.controls.slice(0, 3), [layer, patient, target])];
      const context = place.begin();
      context.drawImage(kept[patient].picture, 0, 0, w, h);
      context.globalAlpha = spec.opacities[fade];
      context.imageSmoothingEnabled = false; // a coarse map should look coarse
      context.drawImage(heat(map), 0, 0, w, h);
      context.globalAlpha = 1;
      if (kept[patient].outline) {
        stroke(context, kept[patient].outline, spec.colours.truth, w / 200);
      }
      most.textContent = map.most;
      words.textContent = "Map of " + map.shape.join(" \u00d7 ") + " cells, zero to " + map.most;
      place.say(panel.now() + "; greatest value " + map.most + ".");
    }

    place.side.append(words, bar, ends);
    if (kept.some((p) => p.outline)) {
      place.side.append(key([["truth", "truth"]], spec.colours));
    }
    panel.redraw();
  }

  function film(box) {
    const kinds = { masks: masks, layers: layers };
    kinds[box.dataset.kind](box, JSON.parse(box.dataset.spec));
  }

  /* ---------- quizzes ---------- */

  function quiz(box) {
    const asked = [...box.querySelectorAll(".spx-question")];
    const answers = box.querySelector(".spx-answers");

    function chosen(question) {
      return [...question.querySelectorAll("input")].findIndex((radio) => radio.checked);
    }

    function judge(question, index) {
      const { right, reason } = JSON.parse(question.dataset.choices)[index];
      const verdict = question.querySelector(".spx-verdict");
      verdict.dataset.right = right;
      verdict.textContent = "";
      const word = make("b", {});
      word.textContent = right ? "\u2713 Right. " : "\u2717 Not so. ";
      verdict.append(word, reason);
    }

    asked.forEach((question) => {
      const button = make("button", { type: "button", class: "spx-check" });
      button.textContent = "Check";
      const verdict = make("p", { class: "spx-verdict", role: "status" });
      question.append(button, verdict);
      button.addEventListener("click", () => {
        if (chosen(question) < 0) {
          verdict.removeAttribute("data-right");
          verdict.textContent = "Choose an answer first.";
          return;
        }
        judge(question, chosen(question));
        const pairs = asked.map((q, i) => [String(i + 1), String(chosen(q) + 1)]);
        remember(addressOf(box.id, pairs.filter((pair) => pair[1] !== "0")));
      });
      question.addEventListener("change", () => {
        verdict.textContent = "";
        verdict.removeAttribute("data-right");
      });
    });

    function set(pairs) {
      asked.forEach((question, i) => {
        const radios = question.querySelectorAll("input");
        const index = Number(pairs.get(String(i + 1))) - 1;
        if (radios[index]) {
          radios[index].checked = true;
          judge(question, index);
        }
      });
    }

    box.dataset.ready = "";
    figures.set(box.id, { figure: box, set: set });
  }

  /* What is folded on a screen stands open on paper. */
  const folded = "details:is(.spx-card, .spx-answers):not([open])";
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll(folded)];
    opened.forEach((part) => (part.open = true));
  });
  addEventListener("afterprint", () => opened.forEach((part) => (part.open = false)));

  /* ---------- the address ---------- */

  function follow() {
    const [name, rest] = location.hash.slice(1).split(/:(.*)/s);
    const known = figures.get(decodeURIComponent(name));
    if (!known || rest === undefined) {
      return;
    }
    const pairs = rest.split(",").map((pair) => pair.split("=").map(decodeURIComponent));
    known.set(new Map(pairs));
    known.figure.scrollIntoView({ block: "center" });
  }

  /* ---------- the comparison ---------- */

  function comparison(box) {
    const range = make("input", {
      class: "spx-range",
      type: "range",
      min: 0,
      max: 100,
      step: 1,
      value: 50,
      "aria-label": box.dataset.label || "How much of the second picture is shown",
    });

    function show(percent) {
      box.style.setProperty("--at", percent + "%");
      range.value = percent;
      range.setAttribute("aria-valuetext", Math.round(percent) + " percent");
    }

    function along(event) {
      const place = box.getBoundingClientRect();
      show(clamp((100 * (event.clientX - place.left)) / place.width, 0, 100));
    }

    range.addEventListener("input", () => show(Number(range.value)));
    box.addEventListener("pointermove", along);
    box.addEventListener("pointerdown", along);
    box.append(range);
    show(Number(box.dataset.start || 50));
  }

  document.querySelectorAll(".spx-steps[data-spec]").forEach(stepper);
  document.querySelectorAll(".spx-film[data-spec]").forEach(film);
  document.querySelectorAll(".spx-quiz").forEach(quiz);
  document.querySelectorAll(".spx-compare").forEach(comparison);
  addEventListener("hashchange", follow);
  follow();
})();
