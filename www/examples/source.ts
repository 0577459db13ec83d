/** Shows the example's own source on its page. */
import source from './api.ts?raw';

document.querySelector('#source')!.textContent = source;
