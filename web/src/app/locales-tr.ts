import { byFeature } from './locales';

export default byFeature(import.meta.glob(['../locales/tr.json', '../features/*/locales/tr.json'], { eager: true }));
