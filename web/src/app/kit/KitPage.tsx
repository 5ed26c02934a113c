import { SegmentedControl, useMantineColorScheme } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';
import { asLanguage } from '@/lib/language';
import { Page } from '@/ui/page/Page';
import { speak } from '../i18n';
import { Dialogs } from './KitDialogs';
import { Facts, Filters, Inputs, States, Timelines, Values } from './KitPieces';
import { PlainTables, RecordTables } from './KitTables';

/** Every piece of `ui/` in all its states, in both languages and themes. Only builds for development have it, at `/kit`. */
export default function KitPage() {
  const { i18n } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <main style={{ padding: 16 }}>
      <Notifications position="bottom-center" limit={3} />
      <Page
        wide
        title="Kit"
        actions={
          <>
            <SegmentedControl
              aria-label="Language"
              data={['tr', 'en']}
              value={asLanguage(i18n.language)}
              onChange={(language) => speak(asLanguage(language))}
            />
            <SegmentedControl
              aria-label="Theme"
              data={['light', 'dark', 'auto']}
              value={colorScheme}
              onChange={(scheme) => setColorScheme(scheme as typeof colorScheme)}
            />
          </>
        }
      >
        <Values />
        <Inputs />
        <RecordTables />
        <PlainTables />
        <Facts />
        <Filters />
        <Timelines />
        <States />
        <Dialogs />
      </Page>
    </main>
  );
}
