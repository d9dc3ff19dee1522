<?php
/**
 * Plugin Name:       Nashra نشرة
 * Description:       Tells your Nashra at once when an article is published, changed or taken back. يُعلِم نشرة فور نشر مقال أو تعديله أو سحبه.
 * Version:           1.0.0
 * Requires at least: 5.7
 * Requires PHP:      7.4
 * Author:            The Nashra developers
 * License:           MIT (compatible with the GPL)
 * License URI:       https://opensource.org/license/mit
 *
 * One file: put it into wp-content/plugins, activate it, and enter address and secret under Settings → Nashra; or define
 * NASHRA_WEBHOOK and NASHRA_SECRET in wp-config.php, which then count instead.
 *
 * What is sent is a post's number and what happened to it, signed; never its text. Nashra asks for that over the REST API, as
 * anybody can. If a call is lost, Nashra finds the change by itself some minutes later, so nothing here needs to be perfect:
 * it must only never be in the way of who is writing.
 */

defined( 'ABSPATH' ) || exit;

/** An editor whose server cannot answer first and work later waits so many seconds at most. */
const NASHRA_TIMEOUT = 3;
/** So many posts are told of in one go; of a change to thousands Nashra hears little by little, or finds them by asking. */
const NASHRA_MOST_AT_ONCE = 20;
const NASHRA_MOST_WAITING = 200;
/** Tries of what could not be told: after 1, 2, 4, 8, 16, 32, 60, 60… minutes. */
const NASHRA_MOST_TRIES = 10;

// What happened.

add_action( 'transition_post_status', 'nashra_on_status', 10, 3 );
add_action( 'before_delete_post', 'nashra_on_delete', 10, 2 );
add_action( 'shutdown', 'nashra_on_shutdown', 1000 ); // behind whoever still writes to the page
add_action( 'nashra_retry', 'nashra_on_retry' );

function nashra_on_status( $new, $old, $post ) {
	if ( 'publish' === $new ) {
		nashra_note( $post, 'publish' === $old ? 'update' : 'publish' );
	} elseif ( 'publish' === $old ) {
		// The trash, and also draft, private and pending: readers do not have it any more.
		nashra_note( $post, 'trash' );
	}
}

function nashra_on_delete( $id, $post ) {
	if ( in_array( $post->post_status, array( 'publish', 'trash' ), true ) ) {
		nashra_note( $post, 'delete' );
	}
}

/** Keeps in mind what is to be told once the request is over and all of the post is saved: its terms and picture, too. */
function nashra_note( $post, $event ) {
	// Revisions and autosaves are posts of another type. While WordPress looks at another site, the number is of a post there.
	if ( 'post' !== $post->post_type || ( is_multisite() && ms_is_switched() ) ) {
		return;
	}
	$noted = nashra_noted();
	if ( 'update' !== $event || ! isset( $noted[ $post->ID ] ) ) {
		nashra_noted( array( $post->ID => $event ) + $noted );
	}
}

/** What this request changed: events by the posts' numbers. */
function nashra_noted( $set = null ) {
	static $noted = array();
	if ( null !== $set ) {
		$noted = $set;
	}
	return $noted;
}

// Telling it.

/** Address and secret, or null while they are not set. */
function nashra_settings() {
	$webhook = defined( 'NASHRA_WEBHOOK' ) ? NASHRA_WEBHOOK : get_option( 'nashra_webhook', '' );
	$secret  = defined( 'NASHRA_SECRET' ) ? NASHRA_SECRET : get_option( 'nashra_secret', '' );
	return $webhook && $secret ? array( 'webhook' => $webhook, 'secret' => $secret ) : null;
}

function nashra_on_shutdown() {
	$noted = nashra_noted();
	if ( ! $noted || ! nashra_settings() ) {
		return;
	}
	nashra_noted( array() );
	$waiting = get_option( 'nashra_waiting', array() );
	if ( ! empty( $waiting['tries'] ) && wp_next_scheduled( 'nashra_retry' ) > time() ) {
		// It failed just now: nobody who writes waits for that again before the next try.
		nashra_wait( $noted, $waiting['tries'] );
		return;
	}
	// Where the server can, who is writing gets the answer now.
	if ( function_exists( 'fastcgi_finish_request' ) ) {
		fastcgi_finish_request();
	} elseif ( function_exists( 'litespeed_finish_request' ) ) {
		litespeed_finish_request();
	}
	nashra_tell_all( $noted, 0 );
}

/** Tells of these posts. What could not be told waits for the next try; of two requests that fail at once, one may be lost. */
function nashra_tell_all( $events, $tries ) {
	$left = array_slice( $events, NASHRA_MOST_AT_ONCE, null, true );
	$why  = null;
	foreach ( array_slice( $events, 0, NASHRA_MOST_AT_ONCE, true ) as $id => $event ) {
		// Who does not answer once is not asked for the others.
		$why = null === $why ? nashra_tell( $id, $event ) : $why;
		if ( null !== $why ) {
			$left[ $id ] = $event;
		}
	}
	if ( null === $why ) {
		delete_option( 'nashra_error' );
	} else {
		update_option( 'nashra_error', array( 'at' => time(), 'why' => $why ), false );
	}
	$tries = null === $why ? 0 : $tries + 1;
	if ( $left && $tries <= NASHRA_MOST_TRIES ) {
		nashra_wait( $left, $tries );
	}
}

/** Keeps posts for the next try. What is newer counts, and is told first. */
function nashra_wait( $events, $tries ) {
	$waiting = get_option( 'nashra_waiting', array() );
	$all     = $events + ( isset( $waiting['events'] ) ? $waiting['events'] : array() );
	$waiting = array( 'events' => array_slice( $all, 0, NASHRA_MOST_WAITING, true ), 'tries' => $tries );
	update_option( 'nashra_waiting', $waiting, false );
	if ( ! wp_next_scheduled( 'nashra_retry' ) ) {
		wp_schedule_single_event( time() + 60 * min( 60, 2 ** max( 0, $tries - 1 ) ), 'nashra_retry' );
	}
}

function nashra_on_retry() {
	$waiting = get_option( 'nashra_waiting' );
	delete_option( 'nashra_waiting' );
	if ( ! empty( $waiting['events'] ) && nashra_settings() ) {
		nashra_tell_all( $waiting['events'], $waiting['tries'] );
	}
}

/** Tells of one post. Returns null if Nashra took it, else why not. Each try is signed anew: a call is good for five minutes. */
function nashra_tell( $id, $event ) {
	$settings = nashra_settings();
	$call     = array(
		'event'    => $event,
		'post'     => (int) $id,
		'at'       => time(),
		'delivery' => bin2hex( random_bytes( 16 ) ),
	);
	$body     = wp_json_encode( $call );
	// Not the "safe" one, which refuses addresses of the own network: Nashra may well be there, and only administrators say where.
	$reply = wp_remote_post(
		$settings['webhook'],
		array(
			'body'                => $body,
			'headers'             => array(
				'Content-Type'       => 'application/json',
				'X-Nashra-Signature' => 'sha256=' . hash_hmac( 'sha256', $body, $settings['secret'] ),
			),
			'timeout'             => NASHRA_TIMEOUT,
			'redirection'         => 0,
			'limit_response_size' => 2000,
		)
	);
	if ( is_wp_error( $reply ) ) {
		return nashra_short( $reply->get_error_message() );
	}
	$status = (int) wp_remote_retrieve_response_code( $reply );
	if ( $status >= 200 && $status < 300 ) {
		return null;
	}
	$problem = json_decode( wp_remote_retrieve_body( $reply ), true );
	$detail  = is_array( $problem ) && isset( $problem['detail'] ) && is_string( $problem['detail'] ) ? $problem['detail'] : '';
	return trim( $status . ' ' . nashra_short( $detail ) );
}

/** What others say, as the database takes it. */
function nashra_short( $text ) {
	return mb_substr( wp_check_invalid_utf8( $text, true ), 0, 300 );
}

// The page under Settings.

add_action( 'admin_menu', 'nashra_on_menu' );
add_action( 'admin_init', 'nashra_on_admin' );
add_action( 'admin_post_nashra_test', 'nashra_on_test' );

function nashra_words( $arabic, $english ) {
	return 0 === strpos( get_user_locale(), 'ar' ) ? $arabic : $english;
}

function nashra_on_menu() {
	$name = nashra_words( 'نشرة', 'Nashra' );
	add_options_page( $name, $name, 'manage_options', 'nashra', 'nashra_page' );
}

function nashra_on_admin() {
	register_setting( 'nashra', 'nashra_webhook', array( 'type' => 'string', 'sanitize_callback' => 'nashra_clean_webhook' ) );
	register_setting( 'nashra', 'nashra_secret', array( 'type' => 'string', 'sanitize_callback' => 'nashra_clean_secret' ) );
}

function nashra_clean_webhook( $value ) {
	$value = trim( (string) $value );
	if ( '' === $value || preg_match( '~^https?://[^/\s]+/~i', $value ) ) {
		return esc_url_raw( $value, array( 'http', 'https' ) );
	}
	add_settings_error(
		'nashra_webhook',
		'nashra_webhook',
		nashra_words( 'العنوان يبدأ بـ https:// وفيه مسار.', 'The address begins with https:// and has a path.' )
	);
	return get_option( 'nashra_webhook', '' );
}

/** The secret is never written into the page, so an empty field means: as it was. */
function nashra_clean_secret( $value ) {
	$value = trim( (string) $value );
	return '' === $value ? get_option( 'nashra_secret', '' ) : $value;
}

function nashra_on_test() {
	if ( ! current_user_can( 'manage_options' ) ) {
		wp_die( esc_html( nashra_words( 'هذا للمديرين وحدهم.', 'This is for administrators alone.' ) ), '', array( 'response' => 403 ) );
	}
	check_admin_referer( 'nashra_test' );
	$why = nashra_settings() ? nashra_tell( 0, 'test' ) : nashra_words( 'العنوان أو السر ناقص.', 'Address or secret is missing.' );
	if ( null === $why ) {
		delete_option( 'nashra_error' );
		nashra_on_retry();
	} else {
		update_option( 'nashra_error', array( 'at' => time(), 'why' => $why ), false );
	}
	wp_safe_redirect( admin_url( 'options-general.php?page=nashra&nashra_test=' . ( null === $why ? 'taken' : 'failed' ) ) );
	exit;
}

function nashra_page() {
	if ( ! current_user_can( 'manage_options' ) ) {
		return;
	}
	$error = get_option( 'nashra_error' );
	$fixed = nashra_words( 'محدد في wp-config.php', 'Set in wp-config.php' );
	// phpcs:ignore WordPress.Security.NonceVerification -- it chooses a sentence, nothing more.
	$taken = isset( $_GET['nashra_test'] ) && 'taken' === $_GET['nashra_test'] && ! $error;
	?>
	<div class="wrap">
		<h1><?php echo esc_html( nashra_words( 'نشرة', 'Nashra' ) ); ?></h1>
		<p>
		<?php
		echo esc_html(
			nashra_words(
				'يُعلِم هذا المكوِّن نشرة فور نشر مقال أو تعديله أو سحبه. ومن دونه تكتشف نشرة التغيير بنفسها بعد دقائق.',
				'This tells Nashra at once when an article is published, changed or taken back. Without it Nashra finds out by itself some minutes later.'
			)
		);
		?>
		</p>
		<?php if ( $taken ) : ?>
			<div class="notice notice-success"><p>
				<?php echo esc_html( nashra_words( 'وصلت الرسالة التجريبية وقبلتها نشرة.', 'The test arrived, and Nashra took it.' ) ); ?>
			</p></div>
		<?php endif; ?>
		<?php if ( is_array( $error ) && isset( $error['at'], $error['why'] ) ) : ?>
			<div class="notice notice-error">
				<p>
					<?php echo esc_html( nashra_words( 'آخر محاولة لم تنجح', 'The last try failed' ) ); ?>
					(<?php echo esc_html( wp_date( 'Y-m-d H:i', $error['at'] ) ); ?>):
				</p>
				<p dir="ltr"><code><?php echo esc_html( $error['why'] ); ?></code></p>
			</div>
		<?php endif; ?>
		<form method="post" action="options.php">
			<?php settings_fields( 'nashra' ); ?>
			<table class="form-table" role="presentation">
				<tr>
					<th scope="row"><label for="nashra_webhook"><?php echo esc_html( nashra_words( 'العنوان', 'Address' ) ); ?></label></th>
					<td>
					<?php if ( defined( 'NASHRA_WEBHOOK' ) ) : ?>
						<?php echo esc_html( $fixed ); ?>
					<?php else : ?>
						<input type="url" dir="ltr" class="large-text" id="nashra_webhook" name="nashra_webhook"
							placeholder="https://news.example.org/inbound/wordpress/…"
							value="<?php echo esc_attr( get_option( 'nashra_webhook', '' ) ); ?>">
					<?php endif; ?>
					</td>
				</tr>
				<tr>
					<th scope="row"><label for="nashra_secret"><?php echo esc_html( nashra_words( 'السر', 'Secret' ) ); ?></label></th>
					<td>
					<?php if ( defined( 'NASHRA_SECRET' ) ) : ?>
						<?php echo esc_html( $fixed ); ?>
					<?php else : ?>
						<input type="password" dir="ltr" class="regular-text" id="nashra_secret" name="nashra_secret" autocomplete="new-password"
							placeholder="<?php echo esc_attr( get_option( 'nashra_secret' ) ? nashra_words( 'محفوظ؛ اتركه فارغاً ليبقى', 'Saved; leave empty to keep it' ) : '' ); ?>">
					<?php endif; ?>
					</td>
				</tr>
			</table>
			<?php submit_button(); ?>
		</form>
		<form method="post" action="<?php echo esc_url( admin_url( 'admin-post.php' ) ); ?>">
			<input type="hidden" name="action" value="nashra_test">
			<?php wp_nonce_field( 'nashra_test' ); ?>
			<?php submit_button( nashra_words( 'أرسل رسالة تجريبية', 'Send a test' ), 'secondary' ); ?>
		</form>
	</div>
	<?php
}

// Going.

register_deactivation_hook( __FILE__, 'nashra_on_deactivation' );
register_uninstall_hook( __FILE__, 'nashra_on_uninstall' );

function nashra_on_deactivation() {
	wp_clear_scheduled_hook( 'nashra_retry' );
	delete_option( 'nashra_waiting' );
}

function nashra_on_uninstall() {
	foreach ( array( 'webhook', 'secret', 'error', 'waiting' ) as $name ) {
		delete_option( 'nashra_' . $name );
	}
}
