// On the page of today: what is under way is fetched again every few seconds and put in place, while somebody looks at it.
const every = 5000;
const name = "[data-live]";

const timer = setInterval(() => void renew().catch(() => {}), every); // the next try may find the server again

async function renew(): Promise<void> {
  const here = document.querySelector(name);
  if (document.hidden || here?.contains(document.activeElement)) return;
  const reply = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!reply.ok || reply.redirected) return;
  const there = new DOMParser().parseFromString(await reply.text(), "text/html").querySelector(name);
  if (here && there) here.replaceWith(document.adoptNode(there));
  if (!there?.hasAttribute("data-going")) clearInterval(timer);
}
