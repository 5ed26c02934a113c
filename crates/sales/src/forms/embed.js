(() => {
  const script = document.currentScript;
  if (!script) return;
  const own = new URL(script.src);
  const slug = own.pathname.split('/').pop().replace(/\.js$/, '');
  const here = new URLSearchParams(location.search);
  const page = new URL(own.pathname.replace(/\.js$/, ''), own.origin);
  page.searchParams.set('embed', '1');
  // Of the first page that somebody came to, when that was an earlier one.
  let first = {};
  try {
    first = JSON.parse(sessionStorage.getItem('crm-form-first') ?? 'null') ?? {};
    if (!first.landing_page) {
      first = { landing_page: location.href.slice(0, 500), referrer: document.referrer.slice(0, 500) };
      for (const [name, value] of here) if (name.startsWith('utm_')) first[name] = value.slice(0, 100);
      sessionStorage.setItem('crm-form-first', JSON.stringify(first));
    }
  } catch {
    first = { landing_page: location.href.slice(0, 500), referrer: document.referrer.slice(0, 500) };
  }
  for (const name of ['utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content']) {
    const value = here.get(name) ?? first[name];
    if (value) page.searchParams.set(name, value);
  }
  if (first.landing_page) page.searchParams.set('landing_page', first.landing_page);
  if (first.referrer) page.searchParams.set('referrer', first.referrer);
  if (script.dataset.lang) page.searchParams.set('lang', script.dataset.lang);
  const frame = document.createElement('iframe');
  frame.src = page.href;
  frame.title = script.dataset.title ?? 'Form';
  frame.style.cssText = 'width:100%;border:0;min-height:320px;color-scheme:auto';
  frame.loading = 'lazy';
  window.addEventListener('message', (event) => {
    const { data } = event;
    if (event.origin !== own.origin || event.source !== frame.contentWindow || data?.crmForm !== slug) return;
    if (Number.isFinite(data.height)) frame.style.height = `${Math.min(data.height, 10000)}px`;
    // Only pages: what else a link can hold is not followed.
    if (typeof data.onward === 'string' && /^https?:\/\//.test(data.onward)) location.href = data.onward;
  });
  script.after(frame);
})();
