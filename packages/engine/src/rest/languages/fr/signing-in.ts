import type { Catalogue } from '../catalogue.ts';

/** What the engine's pages for signing in say, and what a sign-in refuses. */
export const signingIn: Catalogue['sentences'] = {
  'Sign in': 'Se connecter',
  'Sign in with {0}': 'Se connecter avec {0}',
  'User name': 'Nom d’utilisateur',
  Password: 'Mot de passe',
  Profile: 'Profil',
  'Change a password': 'Changer un mot de passe',
  Code: 'Code',
  'Second factor': 'Second facteur',
  'Type the code that your authenticator shows now, or one of your recovery codes.':
    'Saisissez le code que votre application d’authentification affiche, ou l’un de vos codes de secours.',
  Continue: 'Continuer',
  'Set up a second factor': 'Configurer un second facteur',
  'You need a second factor. Read the picture with an authenticator program, or type this there:':
    'Il vous faut un second facteur. Lisez l’image avec une application d’authentification, ou saisissez-y ceci :',
  'Then type the code that it shows.': 'Saisissez ensuite le code qu’elle affiche.',
  'Recovery codes': 'Codes de secours',
  'Keep these: each signs you in once in place of a code, should you lose your authenticator. They are not shown again.':
    'Conservez-les : chacun vous connecte une fois à la place d’un code, si vous perdez votre application d’authentification. Ils ne seront plus affichés.',
  'The page was open for too long, or was not opened here. Begin anew.':
    'La page est restée ouverte trop longtemps, ou n’a pas été ouverte ici. Recommencez.',
  'Begin anew': 'Recommencer',
  'Change your password': 'Changer votre mot de passe',
  'Present password': 'Mot de passe actuel',
  'New password': 'Nouveau mot de passe',
  'New password, again': 'Nouveau mot de passe, encore une fois',
  'Change the password': 'Changer le mot de passe',
  'The new passwords differ.': 'Les nouveaux mots de passe diffèrent.',
  'The password was changed. Sign in with the new one.': 'Le mot de passe a été changé. Connectez-vous avec le nouveau.',
  'Sign out': 'Se déconnecter',
  'You are signed out.': 'Vous êtes déconnecté.',
  'Sign-in is not possible': 'La connexion est impossible',
  'The application that sent you here is not registered.': 'L’application qui vous a envoyé ici n’est pas enregistrée.',
  'The application that sent you here did not say a registered address to return to.':
    'L’application qui vous a envoyé ici n’a pas indiqué d’adresse de retour enregistrée.',
  'The state is too long, or no text.': 'state est trop long ou n’est pas un texte.',
  '{0} cannot be asked at the moment. Try again later.': '{0} ne peut pas être interrogé pour le moment. Réessayez plus tard.',
  'No answer of a provider is awaited from this browser.': 'Aucune réponse d’un fournisseur n’est attendue de ce navigateur.',
  'The sign-in has gone on already.': 'La connexion s’est déjà poursuivie.',
  'The answer is of another provider than was asked.': 'La réponse vient d’un autre fournisseur que celui qui a été interrogé.',
  '{0} has not confirmed who you are.': '{0} n’a pas confirmé votre identité.',
  '{0} is not authorized to sign in.': '{0} n’est pas autorisé à se connecter.',
  "Cannot authenticate user '{0}': The user name or password is incorrect.":
    'L’utilisateur « {0} » ne peut pas être authentifié : le nom d’utilisateur ou le mot de passe est incorrect.',
  "Cannot authenticate user '{0}': The user name or password is incorrect, or the account is locked or disabled.":
    'L’utilisateur « {0} » ne peut pas être authentifié : le nom d’utilisateur ou le mot de passe est incorrect, ou le compte est verrouillé ou désactivé.',
  "Cannot authenticate user '{0}': The user is not authorized to sign in.":
    'L’utilisateur « {0} » ne peut pas être authentifié : il n’est pas autorisé à se connecter.',
  'Too many failed sign-ins from this address. Try again in {0} minutes.':
    'Trop d’échecs de connexion depuis cette adresse. Réessayez dans {0} minutes.',
  'The directory {0} cannot be asked at the moment. Try again later.':
    'L’annuaire {0} ne peut pas être interrogé pour le moment. Réessayez plus tard.',
  'The password must have at least {0} characters.': 'Le mot de passe doit avoir au moins {0} caractères.',
  'The password must have at most {0} characters.': 'Le mot de passe doit avoir au plus {0} caractères.',
  'The password must have {0} of: capital letters, small letters, digits, other signs.':
    'Le mot de passe doit avoir {0} de ces éléments : majuscules, minuscules, chiffres, autres signes.',
  'The password must not be one of the last {0}.': 'Le mot de passe ne doit pas être l’un des {0} derniers.',
};
