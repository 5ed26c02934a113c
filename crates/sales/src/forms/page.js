(() => {
  const form = document.querySelector('form[data-challenge]');
  const framed = window.parent !== window;
  const tell = (message) => framed && window.parent.postMessage({ crmForm: document.documentElement.dataset.slug, ...message }, '*');
  const grow = () => tell({ height: Math.ceil(document.documentElement.getBoundingClientRect().height) });
  if (framed && 'ResizeObserver' in window) new ResizeObserver(grow).observe(document.documentElement);
  grow();
  const onward = document.querySelector('a[data-onward]');
  if (onward) tell({ onward: onward.href });
  document.getElementById('alert')?.focus();
  if (!form) return;
  const { challenge, bits, start } = form.dataset;
  let answer;
  let waiting = false;
  const done = (n) => {
    answer = String(n);
    form.elements._work.value = answer;
    if (waiting) form.submit();
  };
  // Where no worker may run, the page works itself, a little at a time.
  const here = (from) => {
    const n = work(challenge, Number(bits), from, 4000);
    if (n < 0) setTimeout(() => here(from + 4000), 0);
    else done(n);
  };
  let begun = false;
  const begin = () => {
    if (begun) return;
    begun = true;
    try {
      const source = work + ';onmessage=(m)=>{let f=0,n=-1;while(n<0){n=work(m.data[0],m.data[1],f,1e5);f+=1e5}postMessage(n)}';
      const worker = new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
      worker.onmessage = (message) => {
        worker.terminate();
        done(message.data);
      };
      worker.onerror = () => here(0);
      worker.postMessage([challenge, Number(bits)]);
    } catch {
      here(0);
    }
  };
  let isStarted = false;
  form.addEventListener('input', () => {
    begin();
    if (isStarted) return;
    isStarted = true;
    if (navigator.sendBeacon) navigator.sendBeacon(start, new URLSearchParams({ utm_source: form.elements._utm_source?.value ?? '' }));
  });
  form.addEventListener('submit', (event) => {
    begin();
    const button = form.querySelector('button');
    if (waiting) return event.preventDefault();
    waiting = true;
    button.disabled = true;
    if (answer !== undefined) return;
    event.preventDefault();
  });
  // Back from the next page, it can be sent again.
  window.addEventListener('pageshow', () => {
    waiting = false;
    form.querySelector('button').disabled = false;
  });
})();
