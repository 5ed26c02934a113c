import { Button, SegmentedControl, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/api/session';
import { asLanguage, type Language } from '@/lib/language';
import { errorsOf, Refusal } from '@/ui/form/FormDrawer';
import { Page, PagePart } from '@/ui/page/Page';
import { showUndo } from '@/ui/toasts';
import { useChangeMe } from '../queries';
import classes from './Settings.module.css';

/** One's own name, language and theme. */
export function ProfilePage({ onLanguage }: { onLanguage: (language: Language) => Promise<void> }) {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <Page title={t('common.settings.profile')} lead={t('identity.profile.lead', { email: me.email })}>
      <Name />
      <PagePart id="profile-look" title={t('identity.profile.look')} lead={t('identity.profile.look_hint')}>
        <Look onLanguage={onLanguage} />
      </PagePart>
    </Page>
  );
}

function Name() {
  const { t } = useTranslation();
  const me = useMe();
  const change = useChangeMe();
  const form = useForm({ initialValues: { name: me.name } });
  const submit = form.onSubmit((values) =>
    change.mutate(values, {
      onSuccess: () => showUndo(t('identity.changed'), undefined),
      onError: (error) => form.setErrors(errorsOf(error, ['name'])),
    }),
  );
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <Refusal error={change.error} fields={['name']} />
      <TextInput label={t('identity.set_up.name')} autoComplete="name" {...form.getInputProps('name')} />
      <Button type="submit" loading={change.isPending} disabled={form.values.name === me.name}>
        {t('common.save')}
      </Button>
    </form>
  );
}

function Look({ onLanguage }: { onLanguage: (language: Language) => Promise<void> }) {
  const { t } = useTranslation();
  const me = useMe();
  const change = useChangeMe(onLanguage);
  return (
    <Stack gap="sm" className={classes.form}>
      <Refusal error={change.error} fields={[]} />
      <div>
        <div id="profile-language" className={classes.label}>
          {t('common.user.language')}
        </div>
        <SegmentedControl
          fullWidth
          aria-labelledby="profile-language"
          value={asLanguage(me.locale)}
          onChange={(locale) => change.mutate({ locale })}
          data={[
            { value: 'tr', label: 'Türkçe' },
            { value: 'en', label: 'English' },
          ]}
        />
      </div>
      <div>
        <div id="profile-theme" className={classes.label}>
          {t('common.user.theme')}
        </div>
        <SegmentedControl
          fullWidth
          aria-labelledby="profile-theme"
          value={me.theme}
          onChange={(theme) => change.mutate({ theme })}
          data={[
            { value: 'light', label: t('common.user.light') },
            { value: 'dark', label: t('common.user.dark') },
            { value: 'system', label: t('common.user.system') },
          ]}
        />
      </div>
    </Stack>
  );
}
