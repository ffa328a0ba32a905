"use strict";
// Light or dark: the reader's choice if there is one, else the system's. Pages listen for the event "theme".
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");

  function kept() {
    try { return localStorage.getItem("hch-theme"); } catch (error) { return null; /* a page from disk may have none */ }
  }

  function dress() {
    const button = document.getElementById("theme"), dark = root.dataset.theme === "dark";
    button.textContent = dark ? "Light" : "Dark";
    button.setAttribute("aria-pressed", String(dark));
    button.setAttribute("aria-label", "Switch to " + (dark ? "light" : "dark") + " colours");
  }

  function set(name) {
    root.dataset.theme = name;
    dress();
    document.dispatchEvent(new Event("theme"));
  }

  root.dataset.theme = kept() || (system.matches ? "dark" : "light");
  system.addEventListener("change", (event) => set(event.matches ? "dark" : "light"));
  document.addEventListener("DOMContentLoaded", () => {
    dress();
    document.getElementById("theme").addEventListener("click", () => {
      const name = root.dataset.theme === "dark" ? "light" : "dark";
      try { localStorage.setItem("hch-theme", name); } catch (error) { /* as above */ }
      set(name);
    });
  });
})();
