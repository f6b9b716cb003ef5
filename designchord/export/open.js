// Opens folded parts when the page is printed, and the one that an address points into; prints when it is asked to.
addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details:not(.source)")) part.open = true;
});
const reveal = () => {
  for (let part = document.getElementById(decodeURIComponent(location.hash.slice(1))); part; part = part.parentElement)
    if (part.tagName === "DETAILS") part.open = true;
};
addEventListener("hashchange", reveal);
reveal();
if (location.hash === "#print") addEventListener("load", () => print());
