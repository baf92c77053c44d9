// Keys for whoever reads hundreds a day. Each key does what a visible button or link does; nothing hangs on this script.
(() => {
  const rows = [...document.querySelectorAll('[data-row]')];
  const help = document.getElementById('tip-keys');
  const typing = (target) => target.closest('input:not([type=checkbox]):not([type=radio]), textarea, select');
  const current = () => rows.findIndex((row) => row.contains(document.activeElement));

  const move = (step) => {
    const at = current();
    const next = rows[Math.min(Math.max(at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step, 0), rows.length - 1)];
    next.querySelector('a').focus();
    next.scrollIntoView({ block: 'nearest' });
  };

  const press = (key) => {
    const found = document.querySelector(`[data-key="${key}"]`);
    if (!found) return false;
    const part = found.closest('details');
    if (part && !found.matches('summary')) part.open = true;
    if (found.matches('a')) found.click();
    else if (found.matches('button') && !('careful' in found.dataset)) found.click();
    else if (found.matches('summary')) {
      found.parentElement.open = true;
      (found.parentElement.querySelector('textarea, select, input:not([type=hidden])') || found).focus();
    } else found.focus();
    return true;
  };

  const inList = (key) => {
    if (!rows.length) return false;
    if (key === 'j') move(1);
    else if (key === 'k') move(-1);
    else if (key === 'o' && current() >= 0) rows[current()].querySelector('a').click();
    else if (key === 'x' && current() >= 0) rows[current()].querySelector('input[type=checkbox]')?.click();
    else return false;
    return true;
  };

  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && typing(event.target)) return event.target.blur();
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    if (event.key === '?' && help) help.open = !help.open;
    else if (!inList(event.key) && !press(event.key)) return;
    event.preventDefault();
  });

  const all = document.getElementById('tip-all');
  const tally = document.getElementById('tip-tally');
  const boxes = [...document.querySelectorAll('[data-row] input[type=checkbox]')];
  const count = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    if (tally) tally.textContent = chosen ? ` ${chosen}` : '';
    if (all) all.checked = chosen > 0 && chosen === boxes.length;
  };
  for (const box of boxes) box.addEventListener('change', count);
  if (all) {
    all.hidden = false;
    all.addEventListener('change', () => { for (const box of boxes) box.checked = all.checked; count(); });
  }

  document.querySelector('[data-print]')?.addEventListener('click', () => window.print());

  const leave = document.querySelector('[data-locks-in]');
  if (leave) setTimeout(() => { window.location.reload(); }, Number(leave.dataset.locksIn) * 1000);
})();
