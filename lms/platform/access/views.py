"""Sign-in, sign-out, the own profile and password."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.kernel.actor import Permission
from lms.platform import clock, settings, wording
from lms.platform.access import queries, services
from lms.platform.access.forms import PasswordForm, ProfileForm, SignInForm
from lms.platform.web.drafts import (
    came_from_elsewhere,
    read_draft,
    resend_page,
    safe_target,
)
from lms.platform.web.edge import client_network, current_actor, find_actor, requires
from lms.platform.web.shell import LANGUAGES

blueprint = Blueprint("access", __name__)


@blueprint.get("/masuk")
@requires(Permission.PUBLIC)
def sign_in() -> ResponseReturnValue:
    """Show the sign-in page, or go on when somebody is signed in already."""
    target = safe_target(request.args.get("lanjut"))
    if find_actor() is not None:
        return redirect(target, 303)
    form = SignInForm(formdata=None, lanjut=request.args.get("lanjut", ""))
    return render_template("access/masuk.html", form=form, ended="lanjut" in request.args)


@blueprint.post("/masuk")
@requires(Permission.PUBLIC)
def do_sign_in() -> ResponseReturnValue:
    """Check name and password; a success opens a sign-in for this device."""
    form = SignInForm()
    if not form.validate():
        return render_template("access/masuk.html", form=form, ended=False), 422
    result = services.sign_in(
        identifier=form.username.data,
        password=form.password.data,
        stay=form.tetap.data,
        network=client_network(),
        user_agent=request.user_agent.string,
    )
    if result.token is None:
        form.password.data = ""
        if result.wait_until is not None:
            wait = max(1, int((result.wait_until - clock.now()).total_seconds()))
            form.form_errors.append(
                _(
                    "Terlalu banyak percobaan dari jaringan ini. Coba lagi pukul %(time)s. Akun Anda tidak dikunci.",
                    time=wording.time_of_day(result.wait_until, zone=True),
                )
            )
            page = render_template("access/masuk.html", form=form, ended=False)
            return page, 429, {"Retry-After": str(wait)}
        form.form_errors.append(
            _(
                "NIP atau kata sandi tidak cocok. Ketik ulang dengan teliti; huruf besar dan kecil dibedakan. Sisa %(n)s percobaan sebelum perlu menunggu.",
                n=result.tries_left,
            )
        )
        return render_template("access/masuk.html", form=form, ended=False), 422
    session.clear()
    session["sid"] = result.token
    session.permanent = bool(form.tetap.data)
    draft = read_draft(form.draf.data) if form.draf.data else None
    if draft is not None:
        return resend_page(draft[0], draft[1], status=200)
    return redirect(safe_target(form.lanjut.data), 303)


@blueprint.post("/keluar")
@requires(Permission.PUBLIC)
def sign_out() -> ResponseReturnValue:
    """Sign this device out and forget what the browser kept."""
    token = session.get("sid")
    if token:
        services.sign_out(token=token)
    session.clear()
    flash(_("Anda sudah keluar dari gawai ini."), "ok")
    response = redirect(url_for("access.sign_in"), 303)
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@blueprint.get("/keluar")
@requires(Permission.SIGNED_IN)
def confirm_sign_out() -> ResponseReturnValue:
    """Ask before signing out, for those who came by a link."""
    return render_template("access/keluar.html")


@blueprint.get("/bahasa")
@requires(Permission.PUBLIC, writes=True)
def choose_language() -> ResponseReturnValue:
    """Switch the language, for the account when signed in, else for this visitor."""
    language = request.args.get("ke", "id")
    if language in LANGUAGES and not came_from_elsewhere():
        actor = find_actor()
        if actor is not None:
            services.choose_language(account_id=actor.account_id, language=language)
        session["bahasa"] = language
    return redirect(safe_target(request.args.get("lanjut")), 303)


@blueprint.get("/profil")
@requires(Permission.SIGNED_IN)
def profile() -> ResponseReturnValue:
    """Show the own profile: language, text size, e-mail, devices."""
    actor = current_actor()
    kept = queries.profile(actor.account_id)
    form = ProfileForm(
        formdata=None, email=kept.email, language=kept.language, text_size=kept.text_size
    )
    return _profile_page(form)


def _profile_page(form: ProfileForm) -> str:
    actor = current_actor()
    return render_template(
        "access/profil.html",
        form=form,
        account_name=actor.account_name,
        devices=queries.list_devices(actor.account_id, now=clock.now()),
        this_device=actor.signin_id,
    )


@blueprint.post("/profil")
@requires(Permission.SIGNED_IN)
def save_profile() -> ResponseReturnValue:
    """Save language, text size and e-mail."""
    form = ProfileForm()
    if not form.validate():
        return _profile_page(form), 422
    actor = current_actor()
    try:
        services.update_profile(
            account_id=actor.account_id,
            email=form.email.data,
            language=form.language.data,
            text_size=form.text_size.data,
        )
    except services.EmailTaken:
        form.email.errors = [_("Surel itu sudah dipakai akun lain. Pakai surel Anda sendiri.")]
        return _profile_page(form), 422
    flash(_("Profil sudah disimpan."), "ok")
    return redirect(url_for("access.profile"), 303)


@blueprint.get("/profil/sandi")
@requires(Permission.SIGNED_IN)
def change_password() -> ResponseReturnValue:
    """Show the form for a new password."""
    return _password_page(PasswordForm(formdata=None))


def _password_page(form: PasswordForm) -> str:
    return render_template(
        "access/sandi.html", form=form, minimum=settings.value("signin.password_min_length")
    )


@blueprint.post("/profil/sandi")
@requires(Permission.SIGNED_IN)
def save_password() -> ResponseReturnValue:
    """Change the password; every device, this one too, signs in anew."""
    form = PasswordForm()
    if not form.validate():
        return _password_page(form), 422
    actor = current_actor()
    try:
        services.change_password(
            account_id=actor.account_id, present=form.present.data, new=form.new.data
        )
    except (services.WeakPassword, services.WrongPassword) as problem:
        from lms.platform.web.errors import refusal_sentence

        field = form.new if isinstance(problem, services.WeakPassword) else form.present
        field.errors = [refusal_sentence(problem)]
        return _password_page(form), 422
    session.clear()
    flash(_("Kata sandi sudah diganti. Semua gawai dikeluarkan; masuklah dengan sandi baru."), "ok")
    return redirect(url_for("access.sign_in"), 303)


@blueprint.post("/profil/gawai/<int:signin_id>/keluar")
@requires(Permission.SIGNED_IN)
def sign_out_device(signin_id: int) -> ResponseReturnValue:
    """Sign one device of the own account out."""
    services.sign_out_device(account_id=current_actor().account_id, signin_id=signin_id)
    flash(_("Gawai itu sudah dikeluarkan."), "ok")
    return redirect(url_for("access.profile"), 303)


@blueprint.post("/profil/keluar-semua")
@requires(Permission.SIGNED_IN)
def sign_out_everywhere() -> ResponseReturnValue:
    """Sign every device out, this one too."""
    services.sign_out_everywhere(account_id=current_actor().account_id)
    session.clear()
    flash(_("Semua gawai sudah dikeluarkan."), "ok")
    return redirect(url_for("access.sign_in"), 303)
