// Opens folded parts when the page is printed, and the one that an address points into.
addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details")) part.open = true;
});
const reveal = () => {
  for (let part = document.getElementById(decodeURIComponent(location.hash.slice(1))); part; part = part.parentElement)
    if (part.tagName === "DETAILS") part.open = true;
};
addEventListener("hashchange", reveal);
reveal();
