import { PasswordInput, type PasswordInputProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** A password, shown by a button that has a name; a new one says what is asked of it. */
export function PasswordField(props: PasswordInputProps & { autoComplete: 'current-password' | 'new-password' }) {
  const { t } = useTranslation();
  return (
    <PasswordInput
      description={props.autoComplete === 'new-password' ? t('identity.set_up.password_hint') : undefined}
      withAsterisk={false}
      visibilityToggleButtonProps={{ 'aria-label': t('identity.show_password') }}
      {...props}
    />
  );
}
