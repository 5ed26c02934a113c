import { byFeature } from './locales';

export default byFeature(import.meta.glob(['../locales/en.json', '../features/*/locales/en.json'], { eager: true }));
