/* Tells the server once a minute that a lesson is being read, while its page is in view.
   Without it the time between two pages still counts, up to ten minutes each. */
(function () {
  "use strict";
  var place = document.querySelector("[data-denyut]");
  if (!place || !window.fetch) { return; }
  var timer = 0;
  function beat() {
    var body = new URLSearchParams();
    body.set("csrf_token", place.getAttribute("data-csrf"));
    fetch(place.getAttribute("data-denyut"), {
      method: "POST", body: body, credentials: "same-origin", keepalive: true, redirect: "error"
    }).then(function (answer) {
      // Signed out, or the lesson is gone: nothing more to count here.
      if (answer.status >= 400 && answer.status < 500) { stop(); }
    }).catch(function () { /* a bad line: the next minute tries again */ });
  }
  function stop() { window.clearInterval(timer); timer = 0; }
  function mind() {
    if (document.visibilityState !== "visible") { stop(); return; }
    if (!timer) { timer = window.setInterval(beat, 60000); }
  }
  document.addEventListener("visibilitychange", mind);
  mind();
}());
