// What the theme leaves out for those who hear a page or use the keys alone.
document.querySelector(".md-search")?.setAttribute("aria-label", "Search");

// What scrolls sideways can be reached with the keys; the theme sees to it only where there is a mouse.
window.addEventListener("load", () => {
  for (const place of document.querySelectorAll(".md-typeset pre > code, .md-typeset__scrollwrap")) {
    if (place.scrollWidth > place.clientWidth) place.tabIndex = 0;
  }
});
