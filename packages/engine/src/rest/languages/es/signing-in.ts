import type { Catalogue } from '../catalogue.ts';

/** What the engine's pages for signing in say, and what a sign-in refuses. */
export const signingIn: Catalogue['sentences'] = {
  'Sign in': 'Iniciar sesión',
  'Sign in with {0}': 'Iniciar sesión con {0}',
  'User name': 'Nombre de usuario',
  Password: 'Contraseña',
  Profile: 'Perfil',
  'Change a password': 'Cambiar una contraseña',
  Code: 'Código',
  'Second factor': 'Segundo factor',
  'Type the code that your authenticator shows now, or one of your recovery codes.':
    'Escriba el código que muestra ahora su autenticador o uno de sus códigos de recuperación.',
  Continue: 'Continuar',
  'Set up a second factor': 'Configurar un segundo factor',
  'You need a second factor. Read the picture with an authenticator program, or type this there:':
    'Necesita un segundo factor. Lea la imagen con un programa autenticador o escriba esto en él:',
  'Then type the code that it shows.': 'Escriba después el código que muestre.',
  'Recovery codes': 'Códigos de recuperación',
  'Keep these: each signs you in once in place of a code, should you lose your authenticator. They are not shown again.':
    'Guárdelos: cada uno sirve una vez para iniciar sesión en lugar de un código, si pierde su autenticador. No se vuelven a mostrar.',
  'The page was open for too long, or was not opened here. Begin anew.':
    'La página estuvo abierta demasiado tiempo o no se abrió aquí. Empiece de nuevo.',
  'Begin anew': 'Empezar de nuevo',
  'Change your password': 'Cambiar su contraseña',
  'Present password': 'Contraseña actual',
  'New password': 'Contraseña nueva',
  'New password, again': 'Repita la contraseña nueva',
  'Change the password': 'Cambiar la contraseña',
  'The new passwords differ.': 'Las contraseñas nuevas no coinciden.',
  'The password was changed. Sign in with the new one.': 'La contraseña se ha cambiado. Inicie sesión con la nueva.',
  'Sign out': 'Cerrar sesión',
  'You are signed out.': 'Ha cerrado la sesión.',
  'Sign-in is not possible': 'No es posible iniciar sesión',
  'The application that sent you here is not registered.': 'La aplicación que le ha enviado aquí no está registrada.',
  'The application that sent you here did not say a registered address to return to.':
    'La aplicación que le ha enviado aquí no ha indicado una dirección de retorno registrada.',
  'The state is too long, or no text.': 'state es demasiado largo o no es un texto.',
  '{0} cannot be asked at the moment. Try again later.': 'No se puede consultar a {0} en este momento. Inténtelo más tarde.',
  'No answer of a provider is awaited from this browser.': 'No se espera ninguna respuesta de un proveedor desde este navegador.',
  'The sign-in has gone on already.': 'El inicio de sesión ya ha continuado.',
  'The answer is of another provider than was asked.': 'La respuesta es de un proveedor distinto del consultado.',
  '{0} has not confirmed who you are.': '{0} no ha confirmado quién es usted.',
  '{0} is not authorized to sign in.': '{0} no tiene autorización para iniciar sesión.',
  "Cannot authenticate user '{0}': The user name or password is incorrect.":
    'No se puede autenticar al usuario «{0}»: el nombre de usuario o la contraseña no son correctos.',
  "Cannot authenticate user '{0}': The user name or password is incorrect, or the account is locked or disabled.":
    'No se puede autenticar al usuario «{0}»: el nombre de usuario o la contraseña no son correctos, o la cuenta está bloqueada o desactivada.',
  "Cannot authenticate user '{0}': The user is not authorized to sign in.":
    'No se puede autenticar al usuario «{0}»: no tiene autorización para iniciar sesión.',
  'Too many failed sign-ins from this address. Try again in {0} minutes.':
    'Demasiados inicios de sesión fallidos desde esta dirección. Inténtelo de nuevo dentro de {0} minutos.',
  'The directory {0} cannot be asked at the moment. Try again later.':
    'No se puede consultar el directorio {0} en este momento. Inténtelo más tarde.',
  'The password must have at least {0} characters.': 'La contraseña debe tener al menos {0} caracteres.',
  'The password must have at most {0} characters.': 'La contraseña debe tener como máximo {0} caracteres.',
  'The password must have {0} of: capital letters, small letters, digits, other signs.':
    'La contraseña debe tener {0} de estos: mayúsculas, minúsculas, cifras, otros signos.',
  'The password must not be one of the last {0}.': 'La contraseña no debe ser una de las {0} últimas.',
};
