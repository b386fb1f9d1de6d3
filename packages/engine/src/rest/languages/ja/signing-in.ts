import type { Catalogue } from '../catalogue.ts';

/** What the engine's pages for signing in say, and what a sign-in refuses. */
export const signingIn: Catalogue['sentences'] = {
  'Sign in': 'サインイン',
  'Sign in with {0}': '{0} でサインイン',
  'User name': 'ユーザー名',
  Password: 'パスワード',
  Profile: 'プロファイル',
  'Change a password': 'パスワードを変更',
  Code: 'コード',
  'Second factor': '第 2 要素',
  'Type the code that your authenticator shows now, or one of your recovery codes.':
    '認証アプリに今表示されているコード、またはリカバリーコードのいずれかを入力してください。',
  Continue: '続行',
  'Set up a second factor': '第 2 要素の設定',
  'You need a second factor. Read the picture with an authenticator program, or type this there:':
    '第 2 要素が必要です。認証アプリで画像を読み取るか、次の文字列を入力してください。',
  'Then type the code that it shows.': '次に、表示されたコードを入力してください。',
  'Recovery codes': 'リカバリーコード',
  'Keep these: each signs you in once in place of a code, should you lose your authenticator. They are not shown again.':
    '保管してください。認証アプリを失ったとき、それぞれ 1 回だけコードの代わりにサインインに使えます。再び表示されることはありません。',
  'The page was open for too long, or was not opened here. Begin anew.':
    'ページを開いてから時間がたちすぎたか、ここで開かれたものではありません。最初からやり直してください。',
  'Begin anew': '最初からやり直す',
  'Change your password': '自分のパスワードの変更',
  'Present password': '現在のパスワード',
  'New password': '新しいパスワード',
  'New password, again': '新しいパスワード (確認)',
  'Change the password': 'パスワードを変更する',
  'The new passwords differ.': '新しいパスワードが一致しません。',
  'The password was changed. Sign in with the new one.': 'パスワードを変更しました。新しいパスワードでサインインしてください。',
  'Sign out': 'サインアウト',
  'You are signed out.': 'サインアウトしました。',
  'Sign-in is not possible': 'サインインできません',
  'The application that sent you here is not registered.': 'ここに案内したアプリケーションは登録されていません。',
  'The application that sent you here did not say a registered address to return to.':
    'ここに案内したアプリケーションは、登録済みの戻り先アドレスを指定していません。',
  'The state is too long, or no text.': 'state が長すぎるか、テキストではありません。',
  '{0} cannot be asked at the moment. Try again later.': '現在 {0} に問い合わせできません。しばらくしてから再試行してください。',
  'No answer of a provider is awaited from this browser.': 'このブラウザーからのプロバイダーの応答は待たれていません。',
  'The sign-in has gone on already.': 'サインインはすでに先へ進んでいます。',
  'The answer is of another provider than was asked.': '応答は、問い合わせたものとは別のプロバイダーからのものです。',
  '{0} has not confirmed who you are.': '{0} は本人であることを確認しませんでした。',
  '{0} is not authorized to sign in.': '{0} にはサインインの権限がありません。',
  "Cannot authenticate user '{0}': The user name or password is incorrect.":
    'ユーザー「{0}」を認証できません。ユーザー名またはパスワードが正しくありません。',
  "Cannot authenticate user '{0}': The user name or password is incorrect, or the account is locked or disabled.":
    'ユーザー「{0}」を認証できません。ユーザー名またはパスワードが正しくないか、アカウントがロックまたは無効化されています。',
  "Cannot authenticate user '{0}': The user is not authorized to sign in.":
    'ユーザー「{0}」を認証できません。サインインの権限がありません。',
  'Too many failed sign-ins from this address. Try again in {0} minutes.':
    'このアドレスからのサインインの失敗が多すぎます。{0} 分後に再試行してください。',
  'The directory {0} cannot be asked at the moment. Try again later.':
    '現在ディレクトリー {0} に問い合わせできません。しばらくしてから再試行してください。',
  'The password must have at least {0} characters.': 'パスワードは {0} 文字以上でなければなりません。',
  'The password must have at most {0} characters.': 'パスワードは {0} 文字以下でなければなりません。',
  'The password must have {0} of: capital letters, small letters, digits, other signs.':
    'パスワードには、大文字、小文字、数字、その他の記号のうち {0} 種類が必要です。',
  'The password must not be one of the last {0}.': '直近 {0} 個のパスワードは使用できません。',
};
