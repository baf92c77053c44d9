// Dragging a stop to another team's lane fills in the form below it; what is done is done by that form alone.
(() => {
  const form = document.getElementById('hand-over');
  if (!form) return;
  let dragged = null;

  for (const stop of document.querySelectorAll('.lane__stop[data-ahead]')) {
    stop.draggable = true;
    stop.addEventListener('dragstart', (event) => {
      dragged = stop;
      event.dataTransfer.effectAllowed = 'move';
      event.dataTransfer.setData('text/plain', stop.dataset.stop);
    });
    stop.addEventListener('dragend', () => { dragged = null; });
  }
  for (const lane of document.querySelectorAll('.lane[data-out]')) {
    const takes = () => dragged && !lane.contains(dragged);
    lane.addEventListener('dragover', (event) => {
      if (!takes()) return;
      event.preventDefault();
      lane.classList.add('is-over');
    });
    lane.addEventListener('dragleave', () => lane.classList.remove('is-over'));
    lane.addEventListener('drop', (event) => {
      lane.classList.remove('is-over');
      if (!takes()) return;
      event.preventDefault();
      form.elements.stop.value = dragged.dataset.stop;
      form.elements.to.value = lane.dataset.outing;
      form.scrollIntoView({ block: 'center' });
      form.elements.reason.focus({ preventScroll: true });
    });
  }
})();
