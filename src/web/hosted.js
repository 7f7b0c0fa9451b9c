// Only in the hosted build.
if (location.protocol === 'file:') location.replace('./weir.html');
else addEventListener('load', () => navigator.serviceWorker?.register('./sw.js'));
