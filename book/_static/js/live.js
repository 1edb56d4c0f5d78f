/* Live figures without a kernel, and the comparison on the cover.

   .spx-steps carries its frames in data-spec:
     {"controls": [{"name", "label", "values", "default": index}],
      "frames":   [one address for every combination, last control fastest],
      "alt":      [one text, or one for every frame]}
   Each control becomes a range input. The state stands in the address as
   #NAME:control=value,control=value so that it can be linked to. Without this
   script, and on paper, the picture that the page was built with remains. */

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

  /* ---------- one stepper ---------- */

  function frameIndex(controls, state) {
    return controls.reduce((sum, c, i) => sum * c.values.length + state[i], 0);
  }

  function addressOf(name, controls, state) {
    const pairs = controls.map(
      (c, i) => encodeURIComponent(c.name) + "=" + encodeURIComponent(c.values[state[i]])
    );
    return "#" + name + ":" + pairs.join(",");
  }

  function remember(address) {
    try {
      history.replaceState(history.state, "", address);
    } catch (refused) {
      /* some browsers refuse this for files; the figure works all the same */
    }
  }

  function stepper(box, number) {
    const spec = JSON.parse(box.dataset.spec);
    const picture = box.querySelector("img");
    const figure = box.closest("figure") || box;
    if (!figure.id) {
      figure.id = "live-" + (number + 1);
    }
    const name = figure.id;
    const start = spec.controls.map((c) => c.default || 0);
    let state = start.slice();
    const panel = make("div", { class: "spx-controls", role: "group" });
    panel.setAttribute("aria-label", "Change this figure");
    const kept = spec.frames.map((frame) => {
      const image = new Image(); // decoded before it is asked for
      image.src = frame;
      return image;
    });

    const knobs = spec.controls.map((control, i) => {
      const id = name + "-" + i;
      const label = make("label", { for: id });
      label.textContent = control.label || control.name;
      const range = make("input", {
        id: id,
        class: "spx-range",
        type: "range",
        min: 0,
        max: control.values.length - 1,
        step: 1,
        value: start[i],
      });
      const output = make("output", { for: id });
      const row = make("div", { class: "spx-control" });
      row.append(label, range, output);
      panel.append(row);
      range.addEventListener("input", () => {
        state[i] = Number(range.value);
        draw();
        remember(addressOf(name, spec.controls, state));
      });
      return { range: range, output: output };
    });

    function draw() {
      const index = frameIndex(spec.controls, state);
      picture.src = kept[index].src;
      knobs.forEach((knob, i) => {
        const value = written(spec.controls[i].values[state[i]]);
        knob.range.value = state[i];
        knob.range.setAttribute("aria-valuetext", value);
        knob.output.textContent = value;
      });
      picture.alt = altText(index);
    }

    function altText(index) {
      const texts = [].concat(spec.alt || picture.alt);
      if (texts.length > 1) {
        return texts[index];
      }
      const now = spec.controls.map(
        (c, i) => (c.label || c.name) + ": " + written(c.values[state[i]])
      );
      return texts[0] + " Now shown: " + now.join("; ") + ".";
    }

    function set(pairs) {
      spec.controls.forEach((control, i) => {
        const wanted = pairs.get(control.name);
        const found = control.values.findIndex((v) => String(v) === wanted);
        state[i] = found < 0 ? start[i] : found;
      });
      draw();
    }

    /* A finger or a mouse drawn across the picture moves the first control. */
    function drag(event) {
      const place = picture.getBoundingClientRect();
      const steps = spec.controls[0].values.length;
      const along = (event.clientX - place.left) / place.width;
      const step = clamp(Math.floor(along * steps), 0, steps - 1);
      if (step !== state[0]) {
        state[0] = step;
        draw();
        remember(addressOf(name, spec.controls, state));
      }
    }

    picture.draggable = false;
    picture.addEventListener("pointerdown", (event) => {
      picture.setPointerCapture(event.pointerId);
      drag(event);
    });
    picture.addEventListener("pointermove", (event) => {
      if (picture.hasPointerCapture(event.pointerId)) {
        drag(event);
      }
    });

    addEventListener("beforeprint", () => {
      picture.src = spec.frames[frameIndex(spec.controls, start)];
    });
    addEventListener("afterprint", draw);

    picture.after(panel);
    box.dataset.ready = "";
    figures.set(name, { figure: figure, set: set });
    draw();
  }

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
  document.querySelectorAll(".spx-compare").forEach(comparison);
  addEventListener("hashchange", follow);
  follow();
})();
