(() => {
  const now = () => performance.now();
  const left = document.getElementById('left');
  if (left) {
    const end = now() + 1000 * Number(left.dataset.seconds);
    const aloud = document.getElementById('aloud');
    let warned = Number(left.dataset.seconds) <= 60;
    const timer = setInterval(() => {
      const seconds = Math.max(0, Math.ceil((end - now()) / 1000));
      left.textContent = Math.floor(seconds / 60) + ':' + String(seconds % 60).padStart(2, '0');
      if (seconds <= 60 && !warned) {
        warned = true;
        aloud.textContent = 'One minute left.';
      }
      if (seconds === 0) {
        clearInterval(timer);
        document.getElementById('decision').disabled = true;
        aloud.textContent = 'This code has expired. Start pairing on the device again.';
      }
    }, 250);
  }
  const closing = document.getElementById('closing');
  if (closing) {
    let seconds = Number(closing.dataset.seconds);
    const say = () => { closing.textContent = 'This page closes by itself in ' + seconds + ' s.'; };
    say();
    const timer = setInterval(() => {
      seconds -= 1;
      if (seconds > 0) return say();
      clearInterval(timer);
      window.close();
      closing.textContent = 'You can close this page.';
    }, 1000);
  }
})();
