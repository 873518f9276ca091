(function () {
  "use strict";
  if (window.orca) return;
  var listeners = [];

  function channel() {
    var native = window.wx || window.ipc;
    return native && typeof native.postMessage === "function" ? native : null;
  }

  // The native channel may come later than the page: 100 times, every 25 ms.
  function send(text, tries) {
    var native = channel();
    if (native) native.postMessage(text);
    else if (tries > 0) setTimeout(function () { send(text, tries - 1); }, 25);
  }

  function tell(kind, data) {
    send(JSON.stringify({ channel: "orca", kind: kind, data: data === undefined ? null : data }), 100);
  }

  window.orca = {
    postMessage: function (data) { tell("message", data); },
    submit: function (data) { tell("submit", data); },
    close: function () { tell("close"); },
    onMessage: function (listener) {
      if (typeof listener === "function") listeners.push(listener);
    }
  };

  window.__orca_dispatch = function (envelope) {
    listeners.slice().forEach(function (listener) {
      try { listener(envelope.data); } catch (error) { console.error(error); }
    });
  };
})();
