// Who comes for one part of a design, as the address says, needs its modules as soon as those of the page.
if (location.hash.length > 1)
  for (const link of document.querySelectorAll('link[rel="beside"]')) link.setAttribute("rel", "modulepreload");
