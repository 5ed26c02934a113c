// Before the first paint, so that a dark screen never flashes white. Not inline: the content security policy allows no inline script.
(() => {
  const chosen = localStorage.getItem('crm.theme') ?? 'auto';
  const dark = chosen === 'dark' || (chosen === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
