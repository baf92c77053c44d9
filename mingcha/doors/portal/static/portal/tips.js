// The pages of a report work without this. With it:
// 1. The small piece of work is done while one writes, and what was tried goes along from page to page.
// 2. Pages follow one another without leaving: when the network fails, everything typed and every chosen file is still there.
// 3. "Back" of the phone goes one step back, and nobody leaves what is unsent, or a code that is not kept, by accident.
// 4. Small mercies: fields for a name only where one is given, files weighed before they are sent, copy, print.
(function () {
  "use strict";
  var busy = false, depth = 0, unsaved = false, pressed = null, stop = null, waiting = null, worker = null;

  function page() { return document.getElementById("page"); }
  function one(selector) { return document.querySelector(selector); }
  function all(selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); }
  function word(name) { return (one("#words") || page()).getAttribute("data-" + name) || ""; }

  // 1. The work -------------------------------------------------------------------------------------------------

  function begin() {
    var field = one("[data-effort]");
    if (stop) { stop(); stop = null; }
    if (!field || field.value) return;
    var tried = one("[data-tried]"), challenge = field.getAttribute("data-effort"), bits = Number(field.getAttribute("data-bits"));
    function tell(n, found) {
      if (tried) tried.value = n;
      if (!found) return;
      all("[data-effort]").forEach(function (each) { each.value = n; });
      if (stop) { stop(); stop = null; }
      if (waiting) { var go = waiting; waiting = null; go(); }
    }
    function here() { stop = window.mingchaEffort.work(challenge, bits, Number(tried.value) || 0, 1500, tell); }
    try {
      var own = worker = new Worker(field.getAttribute("data-worker"));
      stop = function () { own.terminate(); };
      own.onmessage = function (message) { if (own === worker) tell(message.data.n, message.data.found); };
      own.onerror = function () { if (own === worker) { worker = null; here(); } };
      own.postMessage({ challenge: challenge, bits: bits, from: Number(tried.value) || 0 });
    } catch (refused) { here(); }
  }

  // 2. From page to page ----------------------------------------------------------------------------------------

  function say(text, calm) {
    var old = one("#trouble");
    if (old) old.parentNode.removeChild(old);
    if (!text) return;
    var box = document.createElement("div"), line = document.createElement("p");
    box.id = "trouble";
    box.className = "notice tip__trouble " + (calm ? "" : "notice--error");
    box.setAttribute("role", calm ? "status" : "alert");
    line.className = "notice__title";
    line.textContent = text;
    box.appendChild(line);
    var foot = one("[data-kept] .tip__foot") || page().firstChild;
    foot.parentNode.insertBefore(box, foot);
    if (!calm) box.scrollIntoView(false);
  }

  function rest() {
    busy = false;
    all("[data-kept] button").forEach(function (button) { button.removeAttribute("aria-disabled"); });
  }

  function send(form, button, back) {
    var given = new FormData(form), asked = new XMLHttpRequest(), step = form.getAttribute("data-step");
    if (button && button.name) given.append(button.name, button.value);
    busy = true;
    all("[data-kept] button").forEach(function (each) { each.setAttribute("aria-disabled", "true"); });
    var slow = setTimeout(function () { say(word("sending"), true); }, 600);
    asked.open("POST", (button && button.getAttribute("formaction")) || form.getAttribute("action") || location.href);
    asked.timeout = 300000;
    asked.upload.onprogress = function (progress) {
      if (progress.lengthComputable && progress.total > 300000) {
        say(word("sending") + " " + Math.floor(100 * progress.loaded / progress.total) + "%", true);
      }
    };
    asked.onload = function () {
      clearTimeout(slow);
      rest();
      var shown = asked.status < 500 && new DOMParser().parseFromString(asked.responseText, "text/html");
      if (!shown || !shown.getElementById("page")) { say(word("failed")); return; }
      if (button && button.hasAttribute("data-leaves") && asked.status < 400) unsaved = false;
      show(shown, step, back);
    };
    asked.onerror = asked.ontimeout = function () { clearTimeout(slow); rest(); say(word("offline")); };
    asked.send(given);
  }

  function show(shown, before, back) {
    var now = shown.getElementById("page");
    page().innerHTML = now.innerHTML;
    document.title = shown.title;
    var head = shown.querySelector(".portal__head"), old = one(".portal__head");
    if (head && old) old.innerHTML = head.innerHTML;
    var form = one("[data-step]"), step = form ? form.getAttribute("data-step") : "";
    if (!back && step !== before && window.history.pushState) { depth += 1; history.pushState({ depth: depth }, ""); }
    unsaved = unsaved && !!one("[data-kept]") && !one("[data-gate]");
    ready();
    window.scrollTo(0, 0);
    var first = one("#page [role=alert]") || one("#page h1") || page();
    if (!first.hasAttribute("tabindex")) first.setAttribute("tabindex", "-1");
    first.focus();
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest ? event.target.closest("button") : null;
    if (!button) return;
    pressed = button;
    if (button.hasAttribute("data-print")) window.print();
    if (button.hasAttribute("data-copy")) copy(button);
    if (button.hasAttribute("data-back") && depth > 0 && !busy) { event.preventDefault(); history.back(); }
  });

  document.addEventListener("submit", function (event) {
    var form = event.target, button = pressed && pressed.form === form ? pressed : null;
    pressed = null;
    // One who presses Enter presses the first button.
    if (!button) button = form.querySelector("button:not([type=button])");
    if (button && button.hasAttribute("data-language")) { unsaved = false; return; }
    if (!form.hasAttribute("data-kept") || !window.FormData || !window.DOMParser) return;
    event.preventDefault();
    if (busy) return;
    say("");
    var effort = one("[data-effort]");
    if (button && button.hasAttribute("data-send") && effort && !effort.value && stop) {
      busy = true;
      say(word("preparing"), true);
      // Whatever the device cannot finish in a minute and a half goes the slower way.
      var late = setTimeout(function () { waiting = null; send(form, button, false); }, 90000);
      waiting = function () { clearTimeout(late); send(form, button, false); };
      return;
    }
    send(form, button, !!button && button.hasAttribute("data-back"));
  });

  // 3. Back and away --------------------------------------------------------------------------------------------

  window.addEventListener("popstate", function () {
    depth = Math.max(0, depth - 1);
    if (one("[data-gate]")) { depth += 1; history.pushState({ depth: depth }, ""); say(word("keepit")); return; }
    var button = one("button[data-back]");
    if (!button) return;
    if (busy) { depth += 1; history.pushState({ depth: depth }, ""); return; }
    send(button.form, button, true);
  });

  window.addEventListener("beforeunload", function (event) {
    if (!one("[data-gate]") && !(unsaved && one("[data-kept]"))) return;
    event.preventDefault();
    event.returnValue = "";
  });

  // 4. Small mercies --------------------------------------------------------------------------------------------

  function copy(button) {
    var chosen = window.getSelection(), range = document.createRange();
    range.selectNodeContents(one("[data-code]"));
    chosen.removeAllRanges();
    chosen.addRange(range);
    var done = false;
    try { done = document.execCommand("copy"); } catch (refused) { done = false; }
    if (done) button.lastChild.nodeValue = button.getAttribute("data-copy");
  }

  function weigh(input) {
    var told = one("#chosen"), most = Number(input.getAttribute("data-most")), largest = Number(input.getAttribute("data-largest"));
    if (!told || !input.files) return;
    while (told.firstChild) told.removeChild(told.firstChild);
    var bad = input.files.length > most;
    for (var i = 0; i < input.files.length; i += 1) {
      var file = input.files[i], line = document.createElement("li"), large = file.size > largest;
      bad = bad || large;
      line.textContent = file.name + " · " + Math.max(0.1, file.size / 1048576).toFixed(1) + " MB" + (large ? " · " + word("large") : "");
      if (large) line.className = "field__error";
      told.appendChild(line);
    }
    input.setCustomValidity(bad ? word("files") : "");
    if (input.files.length > most) say(word("files")); else say("");
  }

  function named() {
    var box = one("[data-named]"), yes = one("input[name=named][value=yes]"), no = one("input[name=named][value=no]");
    if (!box || !yes || !no) return;
    box.hidden = !yes.checked;
  }

  function gate() {
    var box = one("[data-gate] input[type=checkbox]"), button = one("[data-gate] [data-leaves]");
    if (box && button) button.disabled = !box.checked;
  }

  document.addEventListener("input", function (event) { if (event.target.form && event.target.form.hasAttribute("data-kept")) unsaved = true; });
  document.addEventListener("change", function (event) {
    if (event.target.type === "file") weigh(event.target);
    named();
    gate();
  });

  function ready() {
    all("[data-script]").forEach(function (part) { part.hidden = false; });
    begin();
    named();
    gate();
  }

  ready();
})();
