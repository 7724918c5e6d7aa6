(function () {
  var tables = document.querySelectorAll("details.values");
  if (!tables.length) { return; }
  var holder = document.getElementById("tools");
  var button = document.createElement("button");
  button.type = "button";
  button.className = "tool";
  function allOpen() { return Array.prototype.every.call(tables, function (d) { return d.open; }); }
  function label() { button.textContent = allOpen() ? "Close all tables of values" : "Open all tables of values"; }
  button.addEventListener("click", function () {
    var open = !allOpen();
    tables.forEach(function (d) { d.open = open; });
    label();
  });
  label();
  holder.appendChild(button);
})();
