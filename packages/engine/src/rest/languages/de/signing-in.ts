import type { Catalogue } from '../catalogue.ts';

/** What the engine's pages for signing in say, and what a sign-in refuses. */
export const signingIn: Catalogue['sentences'] = {
  'Sign in': 'Anmelden',
  'Sign in with {0}': 'Mit {0} anmelden',
  'User name': 'Benutzername',
  Password: 'Passwort',
  Profile: 'Profil',
  'Change a password': 'Ein Passwort ändern',
  Code: 'Code',
  'Second factor': 'Zweiter Faktor',
  'Type the code that your authenticator shows now, or one of your recovery codes.':
    'Geben Sie den Code ein, den Ihr Authenticator jetzt anzeigt, oder einen Ihrer Wiederherstellungscodes.',
  Continue: 'Weiter',
  'Set up a second factor': 'Zweiten Faktor einrichten',
  'You need a second factor. Read the picture with an authenticator program, or type this there:':
    'Sie brauchen einen zweiten Faktor. Lesen Sie das Bild mit einem Authenticator-Programm ein, oder geben Sie dort Folgendes ein:',
  'Then type the code that it shows.': 'Geben Sie dann den Code ein, den es anzeigt.',
  'Recovery codes': 'Wiederherstellungscodes',
  'Keep these: each signs you in once in place of a code, should you lose your authenticator. They are not shown again.':
    'Bewahren Sie diese Codes auf: jeder meldet Sie einmal anstelle eines Codes an, falls Sie Ihren Authenticator verlieren. Sie werden nicht noch einmal angezeigt.',
  'The page was open for too long, or was not opened here. Begin anew.':
    'Die Seite war zu lange geöffnet oder wurde nicht hier geöffnet. Beginnen Sie von vorn.',
  'Begin anew': 'Von vorn beginnen',
  'Change your password': 'Ihr Passwort ändern',
  'Present password': 'Jetziges Passwort',
  'New password': 'Neues Passwort',
  'New password, again': 'Neues Passwort wiederholen',
  'Change the password': 'Passwort ändern',
  'The new passwords differ.': 'Die neuen Passwörter stimmen nicht überein.',
  'The password was changed. Sign in with the new one.': 'Das Passwort wurde geändert. Melden Sie sich mit dem neuen an.',
  'Sign out': 'Abmelden',
  'You are signed out.': 'Sie sind abgemeldet.',
  'Sign-in is not possible': 'Anmelden ist nicht möglich',
  'The application that sent you here is not registered.': 'Die Anwendung, die Sie hierher geschickt hat, ist nicht registriert.',
  'The application that sent you here did not say a registered address to return to.':
    'Die Anwendung, die Sie hierher geschickt hat, hat keine registrierte Adresse für die Rückkehr genannt.',
  'The state is too long, or no text.': 'state ist zu lang oder kein Text.',
  '{0} cannot be asked at the moment. Try again later.': '{0} ist zurzeit nicht erreichbar. Versuchen Sie es später erneut.',
  'No answer of a provider is awaited from this browser.': 'Von diesem Browser wird keine Antwort eines Anbieters erwartet.',
  'The sign-in has gone on already.': 'Die Anmeldung ist bereits weitergegangen.',
  'The answer is of another provider than was asked.': 'Die Antwort kommt von einem anderen Anbieter als dem gefragten.',
  '{0} has not confirmed who you are.': '{0} hat nicht bestätigt, wer Sie sind.',
  '{0} is not authorized to sign in.': '{0} darf sich nicht anmelden.',
  "Cannot authenticate user '{0}': The user name or password is incorrect.":
    'Der Benutzer „{0}“ kann nicht authentifiziert werden: Benutzername oder Passwort ist falsch.',
  "Cannot authenticate user '{0}': The user name or password is incorrect, or the account is locked or disabled.":
    'Der Benutzer „{0}“ kann nicht authentifiziert werden: Benutzername oder Passwort ist falsch, oder das Konto ist gesperrt oder deaktiviert.',
  "Cannot authenticate user '{0}': The user is not authorized to sign in.":
    'Der Benutzer „{0}“ kann nicht authentifiziert werden: Er darf sich nicht anmelden.',
  'Too many failed sign-ins from this address. Try again in {0} minutes.':
    'Zu viele fehlgeschlagene Anmeldungen von dieser Adresse. Versuchen Sie es in {0} Minuten erneut.',
  'The directory {0} cannot be asked at the moment. Try again later.':
    'Das Verzeichnis {0} ist zurzeit nicht erreichbar. Versuchen Sie es später erneut.',
  'The password must have at least {0} characters.': 'Das Passwort muss mindestens {0} Zeichen haben.',
  'The password must have at most {0} characters.': 'Das Passwort darf höchstens {0} Zeichen haben.',
  'The password must have {0} of: capital letters, small letters, digits, other signs.':
    'Das Passwort muss {0} von diesen haben: Großbuchstaben, Kleinbuchstaben, Ziffern, andere Zeichen.',
  'The password must not be one of the last {0}.': 'Das Passwort darf keines der letzten {0} sein.',
};
