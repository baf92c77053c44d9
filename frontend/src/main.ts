import { createApp } from 'vue';
import App from './App.vue';
import './app.css';
import './pages/pages.css';
import { registerWorker } from './sw/worker';
import { startSending } from './sync/sender';
import { startSession } from './sync/session';
import { rememberLanguage } from './words';

rememberLanguage();
void startSession();
startSending();
createApp(App).mount('#app');
void registerWorker();
